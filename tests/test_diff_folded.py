"""Folded diffs read back to the same hunks, less whitespace."""

import random
import re

import pytest

from kpatch_tools.diff import format_diff, parse_diffs, parse_folded_diffs
from kpatch_tools.domain import FileDiff, Hunk, Line
from kpatch_tools.errors import KptError
from tests.folding import folded

WORDS = [
    b"\tif (x)",
    b"\t\treturn -EINVAL;",
    b"",
    b"}",
    b"{",
    b"\tfoo(a,",
    b"\t    b);",
    b" * text",
]


def random_diff(seed: int) -> bytes:
    """Hunks of C-like lines, three lines of context around each change."""
    choose = random.Random(seed)
    hunks: list[Hunk] = []
    at, shift = 10, 0
    for _ in range(choose.randint(1, 5)):
        inner = [Line("-" if choose.random() < 0.5 else "+", choose.choice(WORDS))]
        inner += [Line(choose.choice((" ", "-", "+")), choose.choice(WORDS)) for _ in range(6)]
        inner += [Line("+", b"\tlast();")]
        context = [Line(" ", choose.choice(WORDS)) for _ in range(6)]
        lines = (*context[:3], *inner, *context[3:])
        hunk = Hunk(at, at + shift, lines, b"static int f(void)")
        shift += len(hunk.new_lines) - len(hunk.old_lines)
        at += len(hunk.old_lines) + 20
        hunks.append(hunk)
    diffs = (FileDiff(f"mm/{name}.c", f"mm/{name}.c", tuple(hunks)) for name in "ab")
    return b"".join(map(format_diff, diffs))


def bare(text: bytes) -> bytes:
    return re.sub(rb"[ \t]+", b" ", text).strip(b" ")


def shape(diffs: tuple[FileDiff, ...]) -> list[list[tuple[str, bytes]]]:
    return [
        [(line.sign, bare(line.text)) for line in hunk.lines]
        for diff in diffs
        for hunk in diff.hunks
    ]


@pytest.mark.parametrize("seed", range(40))
def test_signs_and_words_survive_folding(seed: int) -> None:
    text = random_diff(seed)

    diffs = parse_folded_diffs(folded(text))

    assert shape(diffs) == shape(parse_diffs(text))


@pytest.mark.parametrize("seed", range(20))
def test_cut_at_any_line_no_hunk_is_read_wrong(seed: int) -> None:
    lines = folded(random_diff(seed)).split(b"\n")
    whole = shape(parse_folded_diffs(b"\n".join(lines)))

    for length in range(len(lines)):
        try:
            diffs = parse_folded_diffs(b"\n".join(lines[:length]))
        except KptError:
            continue
        actual = shape(diffs)
        assert actual == whole[: len(actual)]


def test_one_blank_after_a_sign_survives() -> None:
    text = b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old();\n+ new();\n}\n"

    (diff,) = parse_folded_diffs(text)

    assert diff.hunks[0].lines == (Line("-", b"old();"), Line("+", b" new();"), Line(" ", b"}"))


def one_hunk(header: bytes, *lines: bytes) -> list[tuple[str, bytes]]:
    text = b"--- a/x\n+++ b/x\n" + b"\n".join((header, *lines)) + b"\n--\n2.39.5\n"
    (diff,) = parse_folded_diffs(text)
    return [(line.sign, line.text) for line in diff.hunks[0].lines]


def test_context_that_looks_removed_is_told_by_the_counts() -> None:
    # the second line is `\t-1,` in the file: 4 old and 4 new lines leave one removed line
    actual = one_hunk(b"@@ -5,4 +5,4 @@", b"int a[] = {", b"-1,", b"-2,", b"+3,", b"};")

    assert actual == [
        (" ", b"int a[] = {"),
        (" ", b"-1,"),
        ("-", b"2,"),
        ("+", b"3,"),
        (" ", b"};"),
    ]


def test_context_that_looks_added_is_told_by_the_counts() -> None:
    actual = one_hunk(b"@@ -5,4 +5,5 @@", b"x = a", b"+ b", b"+ c", b"+ d", b"+ e;")

    assert [sign for sign, _ in actual].count("+") == 1
    assert actual[0] == (" ", b"x = a")


def test_context_at_the_edges_of_a_hunk_is_likelier() -> None:
    # one of the two `-` lines is context: the one next to the end
    actual = one_hunk(b"@@ -5,8 +5,7 @@", b"a", b"b", b"c", b"-gone", b"d", b"e", b"-1,", b"f")

    assert actual[3] == ("-", b"gone")
    assert actual[6] == (" ", b"-1,")


def test_text_after_the_last_hunk_is_no_part_of_it() -> None:
    text = b"--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\na\n+b\nc\n--\nTo unsubscribe, write a letter\n"

    (diff,) = parse_folded_diffs(text)

    assert len(diff.hunks[0].lines) == 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"a\n+b\n", "too short"),
        (b"a\n+b\n+c\n+d\ne\n", "one added line too many"),
        (b"a\n+b\nc\nd\ne\nf\n@@ -30,1 +32,1 @@\n-x\n+y\n", "lines between two hunks"),
        (b" a\n+b\n c\n d\n", "context has its blank, so it is not folded"),
        (b"a\n+b\n\tc\nd\n", "indentation, so it is not folded"),
    ],
)
def test_what_no_reading_fits_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(KptError, match=r"line 3: hunk .* announces 3 old and 4 new lines"):
        parse_folded_diffs(b"--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n" + body)


def test_a_hunk_of_which_every_sign_would_be_text_is_refused() -> None:
    # one line of either side, and it begins with a sign: read as context it changes nothing
    with pytest.raises(KptError, match=r"line 3: hunk .* announces 1 old and 1 new lines"):
        parse_folded_diffs(b"--- a/x\n+++ b/x\n@@ -3 +3 @@\n-old\n")
