"""A finding that a person waived: it stays so while its line means the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal
from tests.two_versions import NEW, OLD, Files, Versions, commit, use, versions

WHY = "nothing calls use_beta"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Versions:
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "cache"))
    made = versions(tmp_path)
    monkeypatch.chdir(made.repository.folder)
    return made


def judged(terminal: Terminal, series: Path | str, *options: str) -> dict[str, Any]:
    _, told, error = terminal.kpt("verify", str(series), "--format", "json", *options)
    assert error == ""
    report: dict[str, Any] = json.loads(told)
    return report


def of_beta(report: dict[str, Any]) -> dict[str, Any]:
    (found,) = [each for each in report["findings"] if each["symbol"] == "beta"]
    assert isinstance(found, dict)
    return found


def waived_beta(terminal: Terminal, two: Versions, *options: str) -> str:
    """Waive what v1 leaves of beta; its id."""
    name = str(of_beta(judged(terminal, two.old))["id"])
    code, told, error = terminal.kpt("waive", name, "--why", WHY, *options)
    assert (code, error) == (0, "")
    assert told
    return name


def with_use(two: Versions, branch: str, line: str) -> Path:
    """v2 with another line in use_beta, as an own patch before the others."""
    patches: dict[str, Files] = {"lib: use_beta": {"lib/use_beta.c": use("beta", line)}}
    return commit(two.repository, branch, patches | dict(NEW))


def test_it_does_not_count_and_is_shown_with_its_reason(two: Versions, terminal: Terminal) -> None:
    name = waived_beta(terminal, two)
    report = judged(terminal, two.old)
    source = str(two.repository.folder / ".git" / "kpt-waivers") + ":1"
    assert of_beta(report)["excuse"] == {"kind": "waived", "why": WHY, "source": source}
    _, told, _ = terminal.kpt("verify", str(two.old))
    counted, waived = told.split("WAIVED OR KNOWN (not counted): 1 error")
    assert (f"id {name}" in counted, f"id {name}" in waived) == (False, True)
    assert f"waived: {WHY}" in waived
    assert name not in terminal.kpt("verify", str(two.old), "--format", "terse")[1]


def test_a_series_whose_findings_are_all_waived_is_not_refuted(
    two: Versions, terminal: Terminal
) -> None:
    report = judged(terminal, two.old)
    assert (report["verdict"], len(report["findings"])) == ("refuted", 5)
    terminal.kpt("waive", *(each["id"] for each in report["findings"]), "--why", "a test")
    code, told, _ = terminal.kpt("verify", str(two.old), "--format", "json")
    again = json.loads(told)
    assert (code, again["verdict"], again["answers"]["callers"]) == (0, "proved", "proved")


def test_it_stays_waived_in_v2_where_line_numbers_comments_and_blanks_change(
    two: Versions, terminal: Terminal
) -> None:
    name = waived_beta(terminal, two)
    same = judged(terminal, two.new)
    spaced = judged(
        terminal, with_use(two, "spaced", "/* one\n\t */\n\n\treturn  beta( 1 ); /* x */")
    )
    found = [of_beta(same), of_beta(spaced)]
    assert [(each["id"], each["excuse"]["why"]) for each in found] == [(name, WHY)] * 2
    assert found[0]["line"] != found[1]["line"]


def test_it_returns_when_its_lines_meaning_changes(two: Versions, terminal: Terminal) -> None:
    name = waived_beta(terminal, two)
    report = judged(terminal, with_use(two, "other", "return beta(2);"))
    assert of_beta(report)["excuse"] is None
    (note,) = [each for each in report["notes"] if "waived" in each]
    assert note.startswith(f"{name} was waived (")
    assert note.endswith(f"counts again as {of_beta(report)['id']}: its line has changed")


def test_it_returns_where_its_condition_changes(two: Versions, terminal: Terminal) -> None:
    name = waived_beta(terminal, two)
    guarded = "\n#ifdef CONFIG_A\n\treturn beta(1);\n#endif\n\treturn 0;"
    report = judged(terminal, with_use(two, "guarded", guarded))
    assert (of_beta(report)["id"], of_beta(report)["excuse"]) == (name, None)
    (note,) = [each for each in report["notes"] if "waived" in each]
    assert note.endswith(
        "counts again: its condition, its severity or what stands beside it has changed"
    )


def test_it_returns_where_a_further_use_comes_into_the_function(
    two: Versions, terminal: Terminal
) -> None:
    """One finding tells of all uses in a function: what was said of one is not said of two."""
    name = waived_beta(terminal, two)
    twice = judged(terminal, with_use(two, "twice", "return beta(1);\n\treturn beta(3);"))
    assert (of_beta(twice)["id"], of_beta(twice)["excuse"]) == (name, None)


def test_of_two_uses_in_one_function_a_mended_one_takes_its_waiver_along(
    two: Versions, terminal: Terminal
) -> None:
    both = judged(terminal, with_use(two, "both", "int x = beta(1);\n\n\treturn x + beta(2);"))
    name = of_beta(both)["id"]
    terminal.kpt("waive", name, "--why", "x")
    left = judged(terminal, with_use(two, "left", "int x = 1;\n\n\treturn x + beta(2);"))
    assert (of_beta(left)["id"] == name, of_beta(left)["excuse"]) == (False, None)


def test_what_a_series_brings_along_does_not_count_for_itself(
    two: Versions, terminal: Terminal
) -> None:
    """Neither a file of waivers that it adds, nor its trailers, nor settings."""
    beta = of_beta(judged(terminal, two.old))
    line = f"{beta['id']} {beta['meaning']}: trust me\n".encode()
    settings = b"[kpt]\n\tfailOn = never\n\ttrustTrailers = true\n"
    trailer = f"lib: mine\n\nKpt-Waive: {beta['id']} {beta['meaning']} trust me"
    mine: dict[str, Files] = {trailer: {".kpt-waivers": line, ".kpt-config": settings}}
    series = commit(two.repository, "mine", mine | dict(OLD))
    report = judged(terminal, series)
    assert (report["verdict"], of_beta(report)["excuse"]) == ("refuted", None)
    assert terminal.kpt("verify", str(series))[0] == 1


def test_its_file_counts_once_the_base_tree_has_it(two: Versions, terminal: Terminal) -> None:
    file = two.repository.folder / ".kpt-waivers"
    waived_beta(terminal, two, "--output", str(file))
    assert of_beta(judged(terminal, "main..v1"))["excuse"] is None
    two.repository.commit("waive it")
    report = judged(terminal, two.old, "--tree", f"{two.tree}@main")
    assert of_beta(report)["excuse"]["source"] == f".kpt-waivers of {two.tree}@main:1"


def test_a_trailer_counts_for_those_who_trust_them(two: Versions, terminal: Terminal) -> None:
    beta = of_beta(judged(terminal, two.old))
    _, trailer, _ = terminal.kpt("waive", beta["id"], "--why", WHY, "--trailer")
    assert trailer == f"Kpt-Waive: {beta['id']} {beta['meaning']} {WHY}\n"
    patches = {f"lib: first\n\n{trailer}": {"note": b"x\n"}} | dict(OLD)
    series = commit(two.repository, "trailer", patches)
    alone = judged(terminal, series)
    assert of_beta(alone)["excuse"] is None
    (note,) = [each for each in alone["notes"] if "waives" in each]
    assert note.startswith(f"the trailer of patch 1 waives {beta['id']} ({WHY}); it counts")
    two.repository.git("config", "kpt.trustTrailers", "true")
    excuse = of_beta(judged(terminal, series))["excuse"]
    assert excuse == {"kind": "waived", "why": WHY, "source": "the trailer of patch 1"}


def test_a_baseline_tells_known_findings_apart(
    two: Versions, terminal: Terminal, tmp_path: Path
) -> None:
    report = tmp_path / "known.json"
    terminal.kpt("verify", str(two.old), "--format", f"json={report}")
    found = judged(terminal, two.new, "--baseline", str(report))["findings"]
    assert {each["symbol"]: each["excuse"] and each["excuse"]["kind"] for each in found} == {
        "beta": "known",
        "gamma": "known",
        "epsilon": "known",
        "zeta": None,
    }


def test_a_finding_of_a_report_is_waived_without_a_cache(
    two: Versions, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPT_CACHE", "off")
    report = tmp_path / "report.json"
    terminal.kpt("verify", str(two.old), "--format", f"json={report}")
    name = of_beta(json.loads(report.read_text()))["id"]
    code, _, error = terminal.kpt("waive", name, "--why", WHY)
    assert (code, "--report" in error) == (2, True)
    assert terminal.kpt("waive", name, "--why", WHY, "--report", str(report))[0] == 0
    assert of_beta(judged(terminal, two.old))["excuse"]["why"] == WHY


def test_saying_it_twice_writes_it_once(two: Versions, terminal: Terminal) -> None:
    waived_beta(terminal, two)
    waived_beta(terminal, two)
    assert (two.repository.folder / ".git" / "kpt-waivers").read_text().count(WHY) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [("nonsense\n", "kpt-waivers:1 is no waiver"), ("# ours\n\n0123456789ab - why\n", ":3 is no")],
)
def test_a_line_that_is_none_is_an_error(
    content: str, said: str, two: Versions, terminal: Terminal
) -> None:
    (two.repository.folder / ".git" / "kpt-waivers").write_text(content)
    code, told, error = terminal.kpt("verify", str(two.old))
    assert (code, told, said in error) == (3, "", True)


@pytest.mark.parametrize("content", ["[]", "{", '{"findings": [3]}', "null"])
def test_a_baseline_that_is_none_is_an_error(
    content: str, two: Versions, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "b.json"
    file.write_text(content)
    for command in (
        ("verify", str(two.old), "--baseline", str(file)),
        ("waive", "0123456789ab", "--why", "x", "--report", str(file)),
    ):
        code, told, error = terminal.kpt(*command)
        assert (code, told, "is no report of kpt" in error) == (3, "", True)


def test_a_finding_that_nobody_told_cannot_be_waived(two: Versions, terminal: Terminal) -> None:
    code, told, error = terminal.kpt("waive", "0123456789ab", "--why", "x")
    assert (code, told) == (2, "")
    assert "no finding 0123456789ab in what kpt verify said last" in error
