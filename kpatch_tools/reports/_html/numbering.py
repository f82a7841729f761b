"""Turns the hunks of a diff into lines that know where they stand in the trees.

    before  after
        12     12    mutex_lock(&vb->lock);
        13          -remove_common(vb);
               13   +if (vb)

A number is only given where the line stands there in the tree: a hunk that was
merged, or whose file was left as it is for another hunk was rejected, has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.domain import FileDiff, Hunk, Placed, Placement, Rejected, Step, Tree


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of a hunk; `old` and `new` are its numbers before and after, None: not there."""

    sign: str
    text: str
    old: int | None
    new: int | None
    ended: bool = True


@dataclass(frozen=True, slots=True)
class NumberedHunk:
    """`header` as in the patch; `placement` None: nothing is known of it."""

    header: str
    lines: tuple[Numbered, ...]
    placement: Placement | None


def numbered_hunks(step: Step, diff: FileDiff) -> tuple[NumberedHunk, ...]:
    """Every hunk of the diff, in its order."""
    placed = {p.hunk: p for p in step.placements if p.path == diff.path}
    whole = not any(isinstance(placement, Rejected) for placement in placed.values())
    before = tree_lines(step.before, diff.old_path)
    after = tree_lines(step.after, diff.new_path) if whole else ()
    return tuple(_hunks(diff, placed, before, after))


def tree_lines(tree: Tree, path: str | None) -> tuple[bytes, ...]:
    """The lines of a file, without their ends; () where it is absent."""
    content = tree.read(path) if path is not None else None
    return tuple(content.split(b"\n")) if content is not None else ()


def _hunks(
    diff: FileDiff,
    placed: dict[int, Placement],
    before: tuple[bytes, ...],
    after: tuple[bytes, ...],
) -> Iterator[NumberedHunk]:
    grown = 0
    for ordinal, hunk in enumerate(diff.hunks, start=1):
        placement = placed.get(ordinal)
        lines = _unplaced(hunk)
        match placement:
            case Placed(outcome="already"):
                lines = _numbered(hunk, None, (placement.line + grown, after))
            case Placed():
                new = placement.line + grown
                lines = _numbered(hunk, (placement.line, before), (new, after))
                grown += len(hunk.new_lines) - len(hunk.old_lines)
            case _:
                pass
        yield NumberedHunk(_header(hunk), tuple(lines), placement)


def _header(hunk: Hunk) -> str:
    old, new = len(hunk.old_lines), len(hunk.new_lines)
    section = hunk.section.decode("utf-8", "replace")
    return f"@@ -{hunk.old_start},{old} +{hunk.new_start},{new} @@ {section}".rstrip()


def _unplaced(hunk: Hunk) -> Iterator[Numbered]:
    for line in hunk.lines:
        yield Numbered(line.sign, line.text.decode("utf-8", "replace"), None, None, line.ended)


def _numbered(
    hunk: Hunk,
    old: tuple[int, tuple[bytes, ...]] | None,
    new: tuple[int, tuple[bytes, ...]],
) -> Iterator[Numbered]:
    """Each side is the number of its first line and the file's lines; None: no such side."""
    old_number, before = old or (0, ())
    new_number, after = new
    # a hunk that stands above the first line, or in a file that it makes
    old_number, new_number = max(old_number, 1), max(new_number, 1)
    for line in hunk.lines:
        own = line.text.decode("utf-8", "replace")
        stood = line.sign != "+" and _stands(before, old_number, line.text)
        stands = line.sign != "-" and _stands(after, new_number, line.text)
        yield Numbered(
            line.sign,
            own,
            old_number if stood else None,
            new_number if stands else None,
            line.ended,
        )
        old_number += line.sign != "+"
        new_number += line.sign != "-"


def _stands(lines: tuple[bytes, ...], number: int, text: bytes) -> bool:
    return number <= len(lines) and lines[number - 1] == text
