"""What is claimed of a struct's lost member is what gcc says, in every configuration."""

import re
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.checks import examine
from kpatch_tools.condition import TRUE
from kpatch_tools.csource import index_tree
from kpatch_tools.domain import Case
from kpatch_tools.review.member_owners import only_of, with_owners
from kpatch_tools.review.reading import Reading
from tests.memory_tree import MemoryTree
from tests.random_members import Files, Maker
from tests.small_series import reviewed

# lib/core.c:12:9: error: 'struct item' has no member named 'state'
ERROR = re.compile(r"^\S+:\d+:\d+: error: (.*)", re.MULTILINE)
NO_MEMBER = re.compile(r".* has no member named 'state'")
# lib/core.c:12:9: note: in expansion of macro 'offsetof'
LINE = re.compile(r"^lib/core\.c:(\d+):\d+: (?:error|note: in expansion)")
RULES = ("stale-reference", "undeclared-in-config")
GCC = ("gcc", "-std=gnu11", "-fsyntax-only", "-fmax-errors=0", "-Iinclude", "-w")


def said_by_gcc(files: Files, folder: Path) -> set[int]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    lines: set[int] = set()
    for options in ([], ["-DCONFIG_FAST=1"]):
        run = subprocess.run(
            [*GCC, *options, "lib/core.c"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        for error in re.split(r"\n(?=\S+:\d+:\d+: error:)", run.stderr):
            said = ERROR.search(error)
            places = [match[1] for each in error.splitlines() if (match := LINE.match(each))]
            if places:
                assert said is not None and NO_MEMBER.match(said[1]), run.stderr
                lines.add(int(places[-1]))
    return lines


@pytest.mark.parametrize("seed", range(30))
def test_lost_members_are_those_of_gcc(seed: int, tmp_path: Path) -> None:
    before, after = Maker(seed).series()
    review = reviewed(before, after)
    examined = examine(Case(review))
    claims = [each for each in examined.findings if each.rule in RULES]
    places = [each.place for each in claims]
    places += [r.place for each in claims for r in each.related if "too" in r.message]
    ours = {place.line for place in places if place.path == "lib/core.c"}
    assert ours == said_by_gcc(after, tmp_path)


def test_the_table_lists_each_use_of_the_lost_member(tmp_path: Path) -> None:
    before, after = Maker(2).series()
    sites = reviewed(before, after).callsites
    stale = {
        site.after.line
        for site in sites
        if site.after is not None
        and site.after.path == "lib/core.c"
        and (site.symbol, site.status) == ("item.state", "stale")
    }
    assert stale == said_by_gcc(after, tmp_path)


@pytest.mark.parametrize("seed", [2, 3, 22])
def test_callers_of_one_struct_are_those_of_gcc(seed: int, tmp_path: Path) -> None:
    before, after = Maker(seed).series()
    tree = MemoryTree(before)
    asked = {"state": frozenset({"item"})}
    index = index_tree(tree, frozenset(asked), lambda _: TRUE)
    found = only_of(with_owners(index, tree, Reading(), asked), asked)
    lines = {each.place.line for each in found.references if each.place.path == "lib/core.c"}
    assert lines == said_by_gcc(after, tmp_path)
