"""Two versions of a series against each other: a list made by hand, and git range-diff."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kpatch_tools.compare import compare
from tests import reports_example
from tests.terminal import Terminal
from tests.two_versions import NEW, Files, Versions, commit, use, versions

# by hand: (rule, symbol, line of the use, patch that brought it)
GONE = {
    ("stale-reference", "alpha", "lib/use_alpha.c", 1),
    ("stale-reference", "delta", "lib/use_delta.c", 3),
}
STAYS = {
    ("stale-signature", "beta", "lib/use_beta.c", 2, 2),
    ("stale-reference", "gamma", "lib/use_gamma.c", 2, 3),
    ("stale-reference", "epsilon", "lib/use_epsilon.c", 4, 4),
}
COME = {("stale-reference", "zeta", "lib/use_zeta.c", 5)}
PAIR = re.compile(r"\s*(-|\d+):\s+\S+\s+([=!<>])\s+(-|\d+):")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    return versions(tmp_path_factory.mktemp("two"))


def since(terminal: Terminal, two: Versions, new: str, old: str) -> dict[str, Any]:
    """The whole report of `kpt verify new --since old`."""
    code, told, error = terminal.kpt(
        "verify", new, "--tree", two.tree, "--since", old, "--format", "json"
    )
    assert (code, error) == (1, "")
    report: dict[str, Any] = json.loads(told)
    return report


def test_what_is_gone_stays_and_is_new_is_the_list_made_by_hand(
    two: Versions, terminal: Terminal
) -> None:
    report = since(terminal, two, str(two.new), str(two.old))
    found = report["since"]
    own = {each["id"]: each for each in report["findings"]}
    _, told, _ = terminal.kpt("verify", str(two.old), "--tree", two.tree, "--format", "json")
    before = {each["id"]: each for each in json.loads(told)["findings"]}
    assert {
        (each["rule"], each["symbol"], each["path"], each["introduced_in"])
        for each in found["gone"]
    } == GONE
    stays = [(before[pair["old"]], own[pair["new"]]) for pair in found["stays"]]
    assert {
        (new["rule"], new["symbol"], new["path"], old["introduced_in"], new["introduced_in"])
        for old, new in stays
    } == STAYS
    come = [own[name] for name in found["new"]]
    assert {
        (each["rule"], each["symbol"], each["path"], each["introduced_in"]) for each in come
    } == COME
    assert len(found["gone"]) + len(stays) + len(come) == len(GONE) + len(STAYS) + len(COME)


def test_patches_are_paired_as_git_range_diff_pairs_the_branches(
    two: Versions, terminal: Terminal
) -> None:
    report = since(terminal, two, str(two.new), str(two.old))
    shown = two.repository.git("range-diff", "--no-color", "-s", "main..v1", "main..v2").decode()
    pairs = [match.groups() for match in map(PAIR.match, shown.splitlines()) if match]
    assert [
        (str(each["old"] or "-"), str(each["new"] or "-"), each["same"])
        for each in report["since"]["patches"]
    ] == [(old, new, sign == "=") for old, sign, new in pairs]
    assert len(pairs) >= len(NEW)


def test_a_dropped_patch_is_the_reason_that_its_finding_is_gone(
    two: Versions, terminal: Terminal
) -> None:
    gone = since(terminal, two, str(two.new), str(two.old))["since"]["gone"]
    assert {each["symbol"]: each["why"] for each in gone}["delta"] == "patch 3 was dropped"


def test_the_text_says_so_too(two: Versions, terminal: Terminal) -> None:
    _, told, _ = terminal.kpt("verify", str(two.new), "--tree", two.tree, "--since", str(two.old))
    section = told[told.index("SINCE ") : told.index("CALL SITES")]
    assert [line for line in section.splitlines() if re.match(r"  \w+: \d", line)] == [
        "  gone: 2",
        "  stays: 3",
        "  new: 1",
    ]
    assert "(patch 3 was dropped)" in " ".join(section.split())


def test_a_use_in_a_renamed_function_stays(two: Versions, terminal: Terminal) -> None:
    """Its id is another, for functions are a part of it."""
    patches: dict[str, Files] = dict(NEW)
    last = "lib: drop epsilon, which has no use"
    patches[last] = {
        **patches[last],
        "lib/use_epsilon.c": use("epsilon", "return epsilon(1);", function="user"),
    }
    renamed = commit(two.repository, "renamed", patches)
    found = since(terminal, two, str(renamed), str(two.old))["since"]
    assert sum(pair["old"] != pair["new"] for pair in found["stays"]) == 1
    assert (len(found["gone"]), len(found["stays"]), len(found["new"])) == (2, 3, 1)


def test_a_use_whose_line_was_edited_stays(two: Versions, terminal: Terminal) -> None:
    patches = {"lib: two": {"lib/use_beta.c": use("beta", "return beta(2);")}} | dict(NEW)
    edited = commit(two.repository, "edited", patches)
    found = since(terminal, two, str(edited), str(two.old))["since"]
    assert sum(pair["old"] != pair["new"] for pair in found["stays"]) == 1
    assert (len(found["gone"]), len(found["stays"]), len(found["new"])) == (2, 3, 1)


def test_versions_of_one_thread_are_named_by_number(two: Versions, terminal: Terminal) -> None:
    thread = two.old.parent / "thread.mbox"
    v1 = two.repository.git("format-patch", "--stdout", "main..v1")
    v2 = two.repository.git("format-patch", "--stdout", "-v2", "main..v2")
    thread.write_bytes(v1 + v2)
    found = since(terminal, two, str(thread), "v1")["since"]
    assert (len(found["gone"]), len(found["stays"]), len(found["new"])) == (2, 3, 1)


def test_the_same_series_has_nothing_gone_and_nothing_new(
    two: Versions, terminal: Terminal
) -> None:
    found = since(terminal, two, str(two.old), "main..v1")["since"]
    assert (found["gone"], len(found["stays"]), found["new"]) == ([], 5, [])
    assert [(each["old"], each["new"], each["same"]) for each in found["patches"]] == [
        (number, number, True) for number in (1, 2, 3, 4)
    ]


def test_what_a_new_base_has_is_gone_and_said_to_be_there() -> None:
    old = reports_example.report()
    there = tuple(replace(finding, preexisting=True) for finding in old.findings)
    found = compare(old, replace(old, findings=there))
    assert [gone.why for gone in found.gone] == ["the base has it now"] * len(there)
    assert (found.stays, found.new) == ((), ())


def test_an_old_version_that_is_none_is_an_error(two: Versions, terminal: Terminal) -> None:
    nowhere = str(Path("/nowhere/at-all"))
    code, told, error = terminal.kpt("verify", str(two.new), "--tree", two.tree, "--since", nowhere)
    assert (code in (2, 3), told) == (True, "")
    assert nowhere in error
