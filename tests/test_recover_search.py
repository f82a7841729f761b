"""Candidates of the search: each is another file, and each folds to the text that was read."""

from itertools import islice

import pytest

from kpatch_tools.recover.draft import Read, Writer
from kpatch_tools.recover.evidence import Removed, Row
from kpatch_tools.recover.position import opening
from kpatch_tools.recover.reading import any_readings, plain_readings, readings
from kpatch_tools.recover.search import Candidate, File, candidates
from kpatch_tools.recover.slots import slots_of
from kpatch_tools.recover.source import Source
from kpatch_tools.recover.weights import load_weights
from kpatch_tools.recover.whitespace import column, fold, tabbed, tabs_between

BEFORE = b"""\
#define LAMP_ON\t\t1

int lamp_on(struct lamp *lamp)
{
\treturn lamp_set(lamp, LAMP_ON);
}
"""
ADDED = ("if (!lamp ||", "lamp->broken)", "return -EINVAL; /* or worse */", "")


def lamp_file() -> File:
    """A hunk that adds four lines at the top of `lamp_on`."""
    source = Source(BEFORE, "c")
    added = [Row("+", text, led=bool(text)) for text in ADDED]
    context = [Row(" ", source.folded[at], at) for at in range(2, 6)]
    slots = slots_of([*context[:2], *added, *context[2:]], source, Removed.of([]), range(2, 6))
    return File([Writer(0, slots, load_weights())], [opening(source, 2)])


def first(count: int, file: File) -> list[Candidate]:
    return list(islice(candidates(file), count))


@pytest.mark.parametrize("read", [readings, plain_readings, any_readings])
def test_no_candidate_comes_twice_and_all_fold_alike(read: Read) -> None:
    found = first(500, lamp_file().read_anew(read))

    texts = [candidate.drafts[0].content.decode() for candidate in found]
    assert len(set(texts)) == len(texts)
    assert {tuple(map(fold, text.splitlines())) for text in texts} == {
        ("int lamp_on(struct lamp *lamp)", "{", *ADDED, "return lamp_set(lamp, LAMP_ON);", "}")
    }


def test_the_same_search_gives_the_same_candidates() -> None:
    one, other = (
        [candidate.drafts[0].content for candidate in first(300, lamp_file())] for _ in range(2)
    )

    assert one == other


@pytest.mark.parametrize("text", ["", "a", "\t", "a\tb", "   \t x", "\t\t  y\tz", "12345678\t9"])
def test_columns_are_those_of_expanded_tabs(text: str) -> None:
    assert column(text) == len(text.expandtabs(8))


@pytest.mark.parametrize("to", range(0, 40))
def test_an_indent_leads_to_its_column(to: int) -> None:
    assert tabbed(to).expandtabs(8) == " " * to


@pytest.mark.parametrize(("start", "to"), [(0, 8), (3, 8), (7, 16), (8, 16), (9, 40)])
def test_tabs_lead_from_column_to_column(start: int, to: int) -> None:
    text = "x" * start + tabs_between(start, to)

    assert len(text.expandtabs(8)) == to
