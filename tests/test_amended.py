"""A series is judged with what is remembered of its earlier versions as it is without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository

CALL = (sys.executable, "-c", "from kpatch_tools.cli import main; main()")
HEADER = """\
#ifndef ITEM_H
#define ITEM_H
struct item {
	int speed;
	int state;
};
struct other {
	int speed;
};
#define FLAG(n) static inline int item_##n(struct item *i) { return i->state & 1; }
FLAG(busy)
int item_start(struct item *i);
int item_stop(struct item *i);
#endif
"""
USER = """\
#include "../include/item.h"

int use_{0}(struct item *i, struct other *o)
{{
	if (item_busy(i))
		return item_start(i) + i->speed + o->speed;
	return item_stop(i);
}}
"""
FILES: dict[str, bytes | None] = {
    "Kconfig": b'config A\n\tbool "a"\nconfig B\n\ttristate "b"\n',
    "Makefile": b"obj-y += lib/\n",
    "lib/Makefile": b"obj-y += item.o\nobj-$(CONFIG_A) += a.o\nobj-$(CONFIG_B) += b.o\n",
    "include/item.h": HEADER.encode(),
    "lib/item.c": b'#include "../include/item.h"\nint item_start(struct item *i)\n{\n'
    b"\treturn i->speed;\n}\nint item_stop(struct item *i)\n{\n\treturn i->state;\n}\n",
    "lib/a.c": USER.format("a").encode(),
    "lib/b.c": USER.format("b").encode(),
}
Edit = tuple[str, str, str]
# A member is renamed but in one file, a pasted predicate, a function; a signature changes.
MEMBER: list[Edit] = [
    ("include/item.h", "int speed;\n\tint state", "int rate;\n\tint state"),
    ("lib/item.c", "i->speed", "i->rate"),
    ("lib/a.c", "i->speed", "i->rate"),
]
MEMBER_WHOLE: list[Edit] = [*MEMBER, ("lib/b.c", "i->speed", "i->rate")]
PASTED: list[Edit] = [
    ("include/item.h", "FLAG(busy)", "FLAG(used)"),
    ("lib/a.c", "item_busy", "item_used"),
]
STOPPED: list[Edit] = [
    ("include/item.h", "int item_stop(struct item *i);\n", ""),
    ("lib/item.c", "item_stop", "item_end"),
    ("lib/a.c", "item_stop(i)", "0"),
]
STARTED: list[Edit] = [
    ("include/item.h", "item_start(struct item *i)", "item_start(struct item *i, int how)"),
    ("lib/item.c", "item_start(struct item *i)", "item_start(struct item *i, int how)"),
    ("lib/a.c", "item_start(i)", "item_start(i, 1)"),
]
STARTED_WHOLE: list[Edit] = [*STARTED, ("lib/b.c", "item_start(i)", "item_start(i, 1)")]
VERSIONS = {
    "first": [MEMBER, PASTED, STOPPED, STARTED],
    "last-amended": [MEMBER, PASTED, STOPPED, STARTED_WHOLE],
    "first-amended": [MEMBER_WHOLE, PASTED, STOPPED, STARTED],
    "one-dropped": [MEMBER, STOPPED, STARTED],
    "other-order": [STARTED, PASTED, MEMBER, STOPPED],
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a branch for each version."""
    scratch = ScratchRepository(tmp_path_factory.mktemp("amended"))
    scratch.commit("base", FILES)
    for name, patches in VERSIONS.items():
        scratch.git("checkout", "--quiet", "-b", name, "main")
        for number, edits in enumerate(patches):
            for path, old, new in edits:
                text = (scratch.folder / path).read_text()
                assert old in text, (name, path, old)
                (scratch.folder / path).write_text(text.replace(old, new))
            scratch.commit(f"patch {number}")
    return scratch.folder


def said(tree: Path, version: str, cache: str, jobs: int) -> str:
    done = subprocess.run(
        [
            *(*CALL, "verify", f"main..{version}", "--tree", str(tree), "--model", "off"),
            *("--format", "json", "--jobs", str(jobs)),
        ],
        env={**os.environ, "KPT_CACHE": cache, "KPT_INDEX": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 1, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def plain(tree: Path) -> dict[str, str]:
    """What is said of each version by one process that remembers nothing."""
    return {version: said(tree, version, "off", 1) for version in VERSIONS}


def test_the_versions_are_told_apart(plain: dict[str, str]) -> None:
    assert len(set(plain.values())) == len(VERSIONS)
    for rule in ("stale-reference", "stale-signature"):
        assert rule in plain["first"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_remembered_of_one_version_changes_nothing_of_another(
    jobs: int, tree: Path, plain: dict[str, str], tmp_path: Path
) -> None:
    for version in (*VERSIONS, *reversed(VERSIONS)):
        assert said(tree, version, str(tmp_path / "cache"), jobs) == plain[version]


def test_two_processes_that_remember_nothing_say_the_same(
    tree: Path, plain: dict[str, str]
) -> None:
    for version in VERSIONS:
        assert said(tree, version, "off", 2) == plain[version]
