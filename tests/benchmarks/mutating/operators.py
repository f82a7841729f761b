"""Turns statements into small wrong changes of them.

Dropped, swapped with the next, condition negated, a call on a lock, a flag or a
reference dropped or doubled, a constant changed. A swap of neighbours that do
not depend on each other (mutating/dependence.py) is called commuted. Assertions
(BUG_ON, WARN_ON) are judges: their conditions are negated, and that is all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mutating.dependence import depend
from mutating.statements import Function, Statement, Table, walk


@dataclass(frozen=True, slots=True)
class Change:
    """`new` in the place of text[start:end]; as many lines as before."""

    operator: str
    start: int
    end: int
    new: str


# lock_page(page), SetPageIsolated(page), put_page(page)
CALL = re.compile(
    r"""
    \b(?: spin_(?:try)?(?:un)?lock\w* | (?:try|un)?lock_page | mutex_\w+     # locks
      | _{0,2}(?:Set|Clear|TestSet|TestClear)Page\w+                        # flags
      | get_page\w* | put_page | put_anon_vma | page_get_anon_vma            # references
      | iput | alloc_anon_inode | kern_mount | kern_unmount
      | put_new_page | get_new_page | putback_\w+ | (?:at|de)tach_mapping
      | list_(?:add|del)\w* | balloon_page_(?:insert|delete)
    )\(
    """,
    re.VERBOSE,
)
# PageIsolated(page)
QUERY = re.compile(r"\bPage[A-Z]\w*\(")
ASSERTION = re.compile(r"\b(?:VM_)?(?:BUG|WARN)_ON(?:_ONCE|_PAGE)?\(")
WRAPPER = re.compile(r"\s*(?:un)?likely\s*\(")
CONDITIONAL = re.compile(r"=\s*(?P<condition>[^=?;,]+?)\s*\?[^;]*:")
TRUTH = re.compile(r"(?:=|\breturn)\s*(?P<value>![^;=]*|[^;?=]*[=!]=[^;]*);")
# a constant -> what stands in its place
OTHER = {
    "0": "1",
    "1": "0",
    "true": "false",
    "false": "true",
    "NULL": "(void *)8",
    "EAGAIN": "EBUSY",
    "EBUSY": "EAGAIN",
    "ENOMEM": "EAGAIN",
    "MIGRATEPAGE_SUCCESS": "-EBUSY",
    "MIGRATE_ASYNC": "MIGRATE_SYNC",
    "MIGRATE_SYNC": "MIGRATE_ASYNC",
    "MR_MEMORY_FAILURE": "MR_COMPACTION",
    "NR_ISOLATED_ANON": "NR_INACTIVE_ANON",
    "PF_MEMALLOC": "PF_SWAPWRITE",
    "TTU_MIGRATION": "TTU_UNMAP",
    "PAGE_BALLOON_MAPCOUNT_VALUE": "PAGE_BUDDY_MAPCOUNT_VALUE",
    "PAGE_MOVABLE_MAPCOUNT_VALUE": "PAGE_BUDDY_MAPCOUNT_VALUE",
}
CONSTANT = re.compile(r"(?<![\w.>])-?(?P<name>\d+|[A-Za-z_]\w*)\b(?!\s*\()")


def changes(function: Function, text: str, plain: str) -> Iterator[Change]:
    """Every change of a function, in the order of the text; `plain` is blanked `text`."""
    for beside in walk(function.statements):
        for statement in beside:
            yield from _of_one(statement, text, plain)
        for one, next_one in pairwise(beside):
            if {one.kind, next_one.kind} <= {"simple", "if", "loop"} and not (
                ASSERTION.match(plain, one.start) or ASSERTION.match(plain, next_one.start)
            ):
                yield _swapped(one, next_one, text, plain)


def entry_changes(table: Table) -> Iterator[Change]:
    """Each entry of a table of operations left out."""
    for start, end in table.entries:
        yield Change("dropped", start, end, "")


def _of_one(statement: Statement, text: str, plain: str) -> Iterator[Change]:
    assertion = bool(ASSERTION.match(plain, statement.start))
    if statement.kind in {"simple", "jump", "if", "loop"} and not assertion:
        yield _replaced("dropped", statement.start, statement.end, ";", text)
    if statement.kind in {"if", "loop"} and statement.condition != (0, 0):
        yield from _negated(*statement.condition, text, plain)
        yield from _calls_in(*statement.condition, text, plain)
        yield from _constants(*statement.condition, text, plain)
    if statement.kind in {"simple", "jump", "declaration"}:
        yield from _of_simple(statement, text, plain)


def _of_simple(statement: Statement, text: str, plain: str) -> Iterator[Change]:
    start, end = statement.start, statement.end
    said = plain[start:end]
    if assertion := ASSERTION.match(said):
        opening = start + assertion.end() - 1
        yield from _negated(opening + 1, _argument_end(plain, opening), text, plain)
    elif statement.kind != "declaration" and CALL.search(said):
        whole = text[start:end]
        flat = " ".join(whole.split())
        yield Change("doubled", start, end, f"{{ {flat} {whole} }}")
    for found in (CONDITIONAL.search(said), TRUTH.search(said)):
        if found is not None and not ASSERTION.match(said):
            first, last = found.span(1)
            yield _replaced("negated", start + first, start + last, f"!({said[first:last]})", text)
            yield from _queries(start + first, start + last, plain)
    yield from _constants(start, end, text, plain)


def _replaced(operator: str, start: int, end: int, new: str, text: str) -> Change:
    """The change with the line ends that it takes away put behind it."""
    lost = text.count("\n", start, end) - new.count("\n")
    return Change(operator, start, end, new + "\n" * lost)


def _swapped(one: Statement, next_one: Statement, text: str, plain: str) -> Change:
    first, second = (plain[each.start : each.end] for each in (one, next_one))
    operator = "swapped" if depend(first, second) else "commuted"
    between = text[one.end : next_one.start]
    new = text[next_one.start : next_one.end] + between + text[one.start : one.end]
    return Change(operator, one.start, next_one.end, new)


def _negated(start: int, end: int, text: str, plain: str) -> Iterator[Change]:
    """The whole condition, and each of the parts that && and || join."""
    start, end = _unwrapped(start, end, plain)
    yield Change("negated", start, end, f"!({text[start:end]})")
    parts = list(_parts(start, end, plain))
    if len(parts) > 1:
        for first, last in parts:
            yield Change("negated", first, last, f"!({text[first:last]})")


def _unwrapped(start: int, end: int, plain: str) -> tuple[int, int]:
    wrapper = WRAPPER.match(plain, start, end)
    if wrapper is None or _closing(plain, wrapper.end() - 1) != end - 1:
        return start, end
    return wrapper.end(), end - 1


def _parts(start: int, end: int, plain: str) -> Iterator[tuple[int, int]]:
    first, place = start, start
    while place < end:
        if plain[place] in "([":
            place = _closing(plain, place)
        elif plain.startswith(("&&", "||"), place):
            yield first, place
            place += 1
            first = place + 1
        place += 1
    yield first, end


def _calls_in(start: int, end: int, text: str, plain: str) -> Iterator[Change]:
    for call in CALL.finditer(plain, start, end):
        last = _closing(plain, call.end() - 1) + 1
        said = text[call.start() : last]
        yield _replaced("dropped", call.start(), last, "1", text)
        yield Change("doubled", call.start(), last, f"({said}, {said})")

    yield from _queries(start, end, plain)


def _queries(start: int, end: int, plain: str) -> Iterator[Change]:
    for query in QUERY.finditer(plain, start, end):
        last = _closing(plain, query.end() - 1) + 1
        yield Change("dropped", query.start(), last, "0")


def _constants(start: int, end: int, text: str, plain: str) -> Iterator[Change]:
    for found in CONSTANT.finditer(plain, start, end):
        other = OTHER.get(found["name"])
        if other is not None:
            yield Change("constant", *found.span("name"), other)


def _closing(plain: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(plain)):
        depth += (plain[place] in "([{") - (plain[place] in ")]}")
        if depth == 0:
            return place
    raise ValueError(f"nothing closes the bracket at {opening}")


def _argument_end(plain: str, opening: int) -> int:
    """Where the first argument of a call ends."""
    place = opening + 1
    while plain[place] not in ",)":
        place = _closing(plain, place) + 1 if plain[place] in "([" else place + 1
    return place
