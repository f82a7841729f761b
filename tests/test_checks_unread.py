"""What a patch makes unreadable is told where it is so, and nothing is claimed of the rest."""

import re
import subprocess
from pathlib import Path

from kpatch_tools.domain import Place
from tests.check_cases import examined, reviewed, settled


def test_a_string_without_its_begin_is_told_where_gcc_tells_it(tmp_path: Path) -> None:
    case = reviewed("unended-literal/fires")
    (told,) = settled("unended-literal/fires")
    assert (told.rule, told.severity, told.place) == (
        "unended-literal",
        "error",
        Place("lib/item.c", 11),
    )
    file = tmp_path / "item.c"
    file.write_bytes(case.snapshots[-1].tree.read("lib/item.c") or b"")
    command = ["gcc", "-fsyntax-only", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert re.search(r"item\.c:11:\d+: (?:error|warning): missing terminating", said)


def test_a_string_is_told_although_it_hides_what_follows() -> None:
    name = "unended-literal/and_what_it_hides"
    told = [(each.rule, each.place.line) for each in settled(name)]
    assert told == [("unended-literal", 10)]
    hidden = [s for s in reviewed(name).skipped if "are not understood any more" in s.reason]
    assert [skip.place.path for skip in hidden] == ["lib/item.c"]


def test_nothing_is_said_of_what_a_bracket_without_an_end_hides() -> None:
    case = examined("stale-reference/silent_after_a_bracket_that_does_not_end")
    assert case.findings == ()
    skipped = reviewed("stale-reference/silent_after_a_bracket_that_does_not_end").skipped
    (hidden,) = [skip for skip in skipped if "are not understood any more" in skip.reason]
    # stop and starts, counted by hand
    assert (hidden.place.path, hidden.reason[:14]) == ("lib/item.c", "2 declarations")
    assert hidden.symbol
