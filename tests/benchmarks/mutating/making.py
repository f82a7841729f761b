"""Turns the fixed series on linux-mini into its mutants: every change that is asked for, once."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from mutating.operators import Change, changes, entry_changes
from mutating.scoring import Mutant
from mutating.statements import blanked, functions, tables

MINI = Path(__file__).parent.parent.parent.parent / "fixtures" / "trees" / "linux-mini"
DISPATCHERS = frozenset((
    "isolate_movable_page", "putback_movable_page", "putback_movable_pages", "move_to_new_page",
    "__unmap_and_move", "unmap_and_move",
))  # fmt: skip
# closed under Kconfig's `select` by hand, as tests/test_fixtures.py has it
CONFIGURED = (
    "MODULES", "MIGRATION", "COMPACTION", "MEMORY_BALLOON", "BALLOON_COMPACTION", "VIRTIO",
    "VIRTIO_BALLOON", "MMU", "SMP",
)  # fmt: skip


def added_lines(path: str, text: str) -> set[int]:
    """Lines, from 1, that the series adds to a file or changes."""
    before = (MINI / path).read_text(encoding="utf-8").splitlines()
    matcher = difflib.SequenceMatcher(None, before, text.splitlines(), autojunk=False)
    return {
        line + 1
        for word, _, _, first, last in matcher.get_opcodes()
        if word != "equal"
        for line in range(first, last)
    }


def mutants_of(path: str, text: str, extracted: frozenset[str]) -> Iterator[Mutant]:
    plain = blanked(text, frozenset(f"CONFIG_{name}" for name in CONFIGURED))
    added = added_lines(path, text)
    told: set[str] = set()
    for name, change in _all_changes(text, plain):
        changed = text[: change.start] + change.new + text[change.end :]
        asked = name in extracted and _is_asked(name, change, text, added)
        if asked and changed not in told:
            told.add(changed)
            line = text.count("\n", 0, change.start) + 1
            yield Mutant(path, name, line, change, text[change.start : change.end])


def _all_changes(text: str, plain: str) -> Iterator[tuple[str, Change]]:
    for function in functions(plain):
        for change in changes(function, text, plain):
            yield function.name, change
    for table in tables(plain):
        for change in entry_changes(table):
            yield table.name, change


def _is_asked(name: str, change: Change, text: str, added: set[int]) -> bool:
    if name in DISPATCHERS:
        return True
    first = text.count("\n", 0, change.start) + 1
    last = text.count("\n", 0, change.end) + 1
    of_two = change.operator in ("swapped", "commuted")
    return bool(added & (set(range(first, last + 1)) if of_two else {first}))


def all_mutants(root: Path, extracted: frozenset[str]) -> list[Mutant]:
    paths = sorted(
        str(path.relative_to(root))
        for path in root.rglob("*.[ch]")
        if path.read_bytes() != _before(path.relative_to(root))
    )
    return [
        mutant
        for path in paths
        for mutant in mutants_of(path, (root / path).read_text(encoding="utf-8"), extracted)
    ]


def _before(path: Path) -> bytes:
    return (MINI / path).read_bytes() if (MINI / path).is_file() else b""


def mutated(root: Path, mutant: Mutant) -> str:
    text = (root / mutant.path).read_text(encoding="utf-8")
    return text[: mutant.change.start] + mutant.change.new + text[mutant.change.end :]
