"""Lines before and lines after, held against git's own account of a diff."""

import random
import re
from collections.abc import Iterator

import pytest

from kpatch_tools.review.touched import touched
from tests.small_series import git_diff, steps

HUNK = re.compile(rb"^@@ -(\d+)(?:,\d+)? \+(\d+)", re.MULTILINE)


def texts(seed: int) -> tuple[str, str]:
    """A text of few different lines, and one with some removed and some added."""
    chance = random.Random(seed)
    before = [f"line {chance.randrange(12)}" for _ in range(60)]
    after: list[str] = []
    for line in before:
        if chance.random() > 0.1:
            after.append(line)
        if chance.random() < 0.1:
            after.append(f"new {chance.randrange(5)}")
    return "\n".join(before) + "\n", "\n".join(after) + "\n"


def by_git(diff: bytes) -> Iterator[tuple[int, int | None]]:
    """(line before, line after or None) for each line of the hunks."""
    for hunk in re.split(rb"(?m)^(?=@@ )", diff)[1:]:
        header = HUNK.match(hunk)
        assert header is not None
        old, new = int(header[1]), int(header[2])
        for line in hunk.split(b"\n")[1:]:
            if line.startswith(b" "):
                yield old, new
            elif line.startswith(b"-"):
                yield old, None
            old += line.startswith((b" ", b"-"))
            new += line.startswith((b" ", b"+"))


@pytest.mark.parametrize("seed", range(12))
def test_lines_are_where_git_has_them(seed: int) -> None:
    before, after = ({"a.txt": text} for text in texts(seed))
    (file,) = touched(steps(before, after)[0])
    expected = dict(by_git(git_diff(before, after)))
    assert {line: file.after(line) for line in expected} == expected


@pytest.mark.parametrize("seed", range(12))
def test_kept_lines_have_the_same_text(seed: int) -> None:
    before, after = texts(seed)
    (file,) = touched(steps({"a.txt": before}, {"a.txt": after})[0])
    old, new = before.split("\n"), after.split("\n")
    kept = {line: file.after(line) for line in range(1, len(old))}
    moved = {line: there for line, there in kept.items() if there is not None}
    assert {line: new[there - 1] for line, there in moved.items()} == {
        line: old[line - 1] for line in moved
    }
    added = [line for line in range(1, len(new)) if file.added(line)]
    assert sorted([*moved.values(), *added]) == list(range(1, len(new)))


def test_stretch_is_kept_only_where_nothing_came_or_went() -> None:
    before = {"a.txt": "a\nb\nc\nd\ne\nf\ng\nh\n"}
    (file,) = touched(steps(before, {"a.txt": "a\nb\nX\nc\nd\ne\nf\nh\n"})[0])
    assert [file.keeps(1, 2), file.keeps(2, 3), file.keeps(3, 6), file.keeps(6, 7)] == [
        True,
        False,
        True,
        False,
    ]


def test_new_and_deleted_files_are_whole_blocks() -> None:
    files = touched(steps({"old.c": "int a;\nint b;\n"}, {"new.c": "int c;\n"})[0])
    assert [(file.old_path, file.new_path) for file in files] == [
        (None, "new.c"),
        ("old.c", None),
    ]
    assert (files[0].added(1), files[1].after(1), files[1].after(2)) == (True, None, None)
