"""`kpt verify --also`: uses of what a series changes that only a further revision has."""

import json
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

HEADER = b"int take(int a);\nint keep(void);\n"
FILES = {
    "Makefile": b"obj-y += lib/\n",
    "lib/Makefile": b"obj-y += item.o user.o\n",
    "include/item.h": HEADER,
    "lib/item.c": b"#include <item.h>\n\nint take(int a)\n{\n\treturn a;\n}\n\n"
    b"int keep(void)\n{\n\treturn 1;\n}\n",
    "lib/user.c": b"#include <item.h>\n\nint user(void)\n{\n\treturn keep() + take(1);\n}\n",
}
REMOVED = {
    "include/item.h": b"int keep(void);\n",
    "lib/item.c": b"#include <item.h>\n\nint keep(void)\n{\n\treturn 1;\n}\n",
    "lib/user.c": b"#include <item.h>\n\nint user(void)\n{\n\treturn keep() + 1;\n}\n",
}
RESIGNED = {
    "include/item.h": b"int take(int a, int b);\nint keep(void);\n",
    "lib/item.c": FILES["lib/item.c"].replace(b"take(int a)", b"take(int a, int b)"),
    "lib/user.c": FILES["lib/user.c"].replace(b"take(1)", b"take(1, 2)"),
}
NEW_CALLER = b"#include <item.h>\n\nint late(void)\n{\n\treturn take(7);\n}\n"


def repository(folder: Path, changed: dict[str, bytes]) -> ScratchRepository:
    """`main` with a change on the branch `series`; `next` and `quiet` are other branches."""
    made = ScratchRepository(folder)
    made.commit("all", FILES)
    for branch, files in (
        ("series", changed),
        ("next", {"lib/late.c": NEW_CALLER, "lib/Makefile": b"obj-y += item.o user.o late.o\n"}),
        ("quiet", {"lib/user.c": b"/* a comment */\n" + FILES["lib/user.c"]}),
    ):
        made.git("checkout", "--quiet", "-b", branch, "main")
        made.commit(f"on {branch}", files)
    made.git("checkout", "--quiet", "main")
    return made


def verify(folder: Path, terminal: Terminal, *also: str) -> tuple[int, str, str]:
    options = [part for revision in also for part in ("--also", revision)]
    tree = ("--tree", str(folder), "--model", "off", "--fail-on", "warning")
    return terminal.kpt("verify", f"{folder}/series.mbox", *tree, *options)


@pytest.fixture(params=["removed", "resigned"])
def changed(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    made = repository(tmp_path, REMOVED if request.param == "removed" else RESIGNED)
    text = made.git("format-patch", "--stdout", "main..series")
    (tmp_path / "series.mbox").write_bytes(text)
    return str(request.param)


def test_a_caller_that_only_the_revision_has_is_named(
    changed: str, tmp_path: Path, terminal: Terminal
) -> None:
    code, out, _ = verify(tmp_path, terminal, "next")
    assert code == 1
    assert "warning: lib/late.c:5 in late (next)" in out
    rule = "stale-reference" if changed == "removed" else "stale-signature"
    assert out.count(f"[{rule}] take is ") == 1


def test_a_revision_with_the_same_uses_is_silent(
    changed: str, tmp_path: Path, terminal: Terminal
) -> None:
    without = verify(tmp_path, terminal)
    assert without[0] == 0
    assert verify(tmp_path, terminal, "quiet") == without
    assert verify(tmp_path, terminal, "main") == without


def test_json_names_revision_path_and_line(
    changed: str, tmp_path: Path, terminal: Terminal
) -> None:
    tree = ("--tree", str(tmp_path), "--model", "off", "--format", "json")
    _, out, _ = terminal.kpt("verify", f"{tmp_path}/series.mbox", *tree, "--also", "next")
    found = json.loads(out)["findings"]
    assert [(f["revision"], f["path"], f["line"], f["severity"]) for f in found] == [
        ("next", "lib/late.c", 5, "warning")
    ]


@pytest.mark.parametrize("form", ["mail", "terse"])
def test_other_reports_name_the_revision(
    changed: str, form: str, tmp_path: Path, terminal: Terminal
) -> None:
    tree = ("--tree", str(tmp_path), "--model", "off", "--format", form)
    _, out, _ = terminal.kpt("verify", f"{tmp_path}/series.mbox", *tree, "--also", "next")
    assert "lib/late.c:5" in out
    assert "here in next" in " ".join(out.split())


def test_an_unknown_revision_is_wrong_usage(
    changed: str, tmp_path: Path, terminal: Terminal
) -> None:
    code, _, said = verify(tmp_path, terminal, "nowhere")
    assert (code, said.splitlines()[0]) == (
        2,
        f"kpt: error: {tmp_path} has no revision 'nowhere'",
    )


def test_a_plain_directory_has_no_revisions(tmp_path: Path, terminal: Terminal) -> None:
    made = repository(tmp_path / "git", REMOVED)
    text = made.git("format-patch", "--stdout", "main..series")
    plain = tmp_path / "plain"
    for path, content in FILES.items():
        (plain / path).parent.mkdir(parents=True, exist_ok=True)
        (plain / path).write_bytes(content)
    (tmp_path / "plain/series.mbox").write_bytes(text)
    code, _, said = verify(plain, terminal, "next")
    assert code == 2
    assert "is no revision of a repository" in said
