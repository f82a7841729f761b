"""Turns a step into what it did to each declaration of the files it touched.

A declaration under one arm of an #if and its twin under the other are two
declarations: each is paired with its own self after the step.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from kpatch_tools.condition import Condition, all_of, atoms, implies
from kpatch_tools.csource import definition_text
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Change, ChangeKind, Sight, Step, Symbol
from kpatch_tools.review.making import made_after, made_before
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.touched import Touched, touched
from kpatch_tools.review.trial import Trial

WORD = re.compile(rb"\w+")

FileConditions = Callable[[str], Condition]
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sides:
    """A step, when each file is compiled before and after it, and what files see then."""

    step: Step
    before: FileConditions
    after: FileConditions
    reading: Reading
    sights: tuple[Sight, Sight]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A declaration before and after; one side may be None."""

    before: Symbol | None
    after: Symbol | None


def changes_of(sides: Sides) -> tuple[tuple[Change, ...], tuple[Symbol, ...]]:
    """What the step did, by place; declarations that it left alone are not named.

    Beside them those that stand where they stood and are understood no more, at
    their places before the step.
    """
    pairs: list[_Pair] = []
    lost: list[Symbol] = []
    for file in touched(sides.step):
        standing = _Standing(file, sides)
        for pair in _changed(file, sides):
            if pair.before is None or pair.after is not None or not standing.has(pair.before):
                pairs.append(pair)
            else:
                lost.append(pair.before)
    joined = _renamed(_moved(pairs), sides)
    found = [change for pair in joined for change in _told(pair, sides)]
    return tuple(sorted(found, key=_order)), tuple(lost)


class _Standing:
    """The text of one file after the step, asked for declarations that are in it no more.

    A step that leaves a file in which a string or a bracket does not end takes
    none of them away; the tree only cannot be read any more.
    """

    def __init__(self, file: Touched, sides: Sides) -> None:
        self._file = file
        declared = sides.reading.declared(sides.step.before, file.old_path)
        self._own = {(symbol.name, symbol.kind, symbol.place) for symbol in declared}
        self._source = b"" if file.new_path is None else sides.step.after.read(file.new_path) or b""

    def has(self, old: Symbol) -> bool:
        """Whether its lines are as they were, and its name is code on its line."""
        line = self._file.after(old.place.line)
        if line is None or not self._file.keeps(old.place.line, max(old.last, old.place.line)):
            return False
        if (old.name, old.kind, old.place) not in self._own:
            return False
        return old.name.encode() in WORD.findall(self._lines[line - 1])

    @cached_property
    def _lines(self) -> list[bytes]:
        return scrub(self._source).split(b"\n")


def _changed(file: Touched, sides: Sides) -> Iterator[_Pair]:
    """The pairs of one file whose sides differ."""
    step, reading = sides.step, sides.reading
    before = reading.declared(step.before, file.old_path)
    before = _joined(before, made_before(file, step.before, sides.sights[0]))
    after = reading.declared(step.after, file.new_path)
    after = _joined(after, made_after(file, step.after, sides.sights[1]))
    rest = _by_key(after)
    sources = {id(symbol): step.before for symbol in before}

    def text(symbol: Symbol) -> str:
        return _text(symbol, sources.get(id(symbol), step.after).read(symbol.place.path))

    for key, old in _by_key(before).items():
        for pair in _paired(old, rest.pop(key, []), text):
            if _differs(pair, file, sides):
                yield pair
    for new in rest.values():
        yield from (_Pair(None, symbol) for symbol in new)


def _joined(declared: tuple[Symbol, ...], made: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """What macro calls make counts where the file itself does not tell it."""
    known = {(symbol.name, symbol.kind, symbol.place) for symbol in declared}
    fresh = (symbol for symbol in made if (symbol.name, symbol.kind, symbol.place) not in known)
    return (*declared, *fresh)


def _by_key(symbols: Iterable[Symbol]) -> dict[Key, list[Symbol]]:
    found: dict[Key, list[Symbol]] = {}
    for symbol in symbols:
        found.setdefault((symbol.name, symbol.kind, symbol.owner), []).append(symbol)
    return found


def _paired(
    before: list[Symbol], after: list[Symbol], text: Callable[[Symbol], str]
) -> Iterator[_Pair]:
    """Twins by condition first, then by what they say; a last one left on each side is one too."""
    twins: dict[Condition, list[Symbol]] = {}
    for new in reversed(after):
        twins.setdefault(new.condition, []).append(new)
    waiting: list[Symbol] = []
    for old in before:
        if same := twins.get(old.condition):
            yield _Pair(old, same.pop())
        else:
            waiting.append(old)
    left = {id(new) for same in twins.values() for new in same}
    after = [new for new in after if id(new) in left]
    tried = _tried([*waiting, *after]) if waiting else {}
    changed: list[Symbol] = []
    for old in waiting:
        alike = (new for new in after if tried[id(new)] == tried[id(old)])
        found = next((new for new in alike if _equivalent(new.condition, old.condition)), None)
        if found is None:
            changed.append(old)
        else:
            after.remove(found)
            yield _Pair(old, found)
    yield from _by_text(changed, after, text)


def _by_text(
    before: list[Symbol], after: list[Symbol], text: Callable[[Symbol], str]
) -> Iterator[_Pair]:
    """Those that say the same, in order; one that is alone on either side is one too."""
    if len(before) == len(after) == 1:
        yield _Pair(before[0], after[0])
        return
    saying: dict[str, list[Symbol]] = {}
    for new in reversed(after if before else []):
        saying.setdefault(text(new), []).append(new)
    taken: set[int] = set()
    for old in before:
        same = saying.get(text(old))
        chosen = same.pop() if same else None
        taken.add(id(chosen))
        yield _Pair(old, chosen)
    yield from (_Pair(None, new) for new in after if id(new) not in taken)


def _tried(symbols: list[Symbol]) -> dict[int, int]:
    """By the identity of each symbol what is different where conditions are not equivalent."""
    trial = Trial({name for each in symbols for name in atoms(each.condition)})
    return {id(each): trial.of(each.condition) for each in symbols}


def _equivalent(one: Condition, other: Condition) -> bool:
    return one == other or (implies(one, other) and implies(other, one))


def _differs(pair: _Pair, file: Touched, sides: Sides) -> bool:
    old, new = pair.before, pair.after
    if old is None or new is None:
        return True
    if not _equivalent(old.condition, new.condition) or _shape(old) != _shape(new):
        return True
    if file.keeps(old.place.line, max(old.last, old.place.line)):
        return False
    return _text(old, sides.step.before.read(old.place.path)) != _text(
        new, sides.step.after.read(new.place.path)
    )


def _shape(symbol: Symbol) -> tuple[object, str]:
    """What users of a declaration see of it beside its name."""
    return (
        symbol.signature,
        symbol.text if symbol.kind in {"variable", "typedef", "member"} else "",
    )


def _text(symbol: Symbol, source: bytes | None) -> str:
    return definition_text(symbol, source or b"")


def _moved(pairs: list[_Pair]) -> list[_Pair]:
    """A declaration gone from one file that came in another is one pair."""
    gone = [p.before for p in pairs if p.after is None and p.before is not None]
    came = [p.after for p in pairs if p.before is None and p.after is not None]
    joined: list[_Pair] = []
    for old in gone:
        new = next((n for n in came if _same_but_place(old, n)), None)
        if new is not None:
            came.remove(new)
        joined.append(_Pair(old, new))
    joined.extend(_Pair(None, new) for new in came)
    return [p for p in pairs if p.before is not None and p.after is not None] + joined


def _same_but_place(old: Symbol, new: Symbol) -> bool:
    same = (old.name, old.kind, old.owner) == (new.name, new.kind, new.owner)
    return same and old.place.path != new.place.path and old.kind != "label"


def _renamed(pairs: list[_Pair], sides: Sides) -> list[_Pair]:
    """A declaration gone and a new one of the same file that differs in nothing but the name."""
    came = [p.after for p in pairs if p.before is None and p.after is not None]
    joined: list[_Pair] = []
    for pair in pairs:
        old = pair.before
        if old is None or pair.after is not None:
            continue
        new = next((n for n in came if _only_name(old, n, sides)), None)
        if new is not None:
            came.remove(new)
        joined.append(_Pair(old, new))
    whole = [p for p in pairs if p.before is not None and p.after is not None]
    return whole + joined + [_Pair(None, new) for new in came]


def _only_name(old: Symbol, new: Symbol, sides: Sides) -> bool:
    if (old.kind, old.place.path) != (new.kind, new.place.path) or old.name == new.name:
        return False
    if old.signature != new.signature or not _equivalent(old.condition, new.condition):
        return False
    texts = (
        _text(old, sides.step.before.read(old.place.path)).replace(old.name, new.name),
        _text(new, sides.step.after.read(new.place.path)),
    )
    return texts[0] == texts[1]


def _told(pair: _Pair, sides: Sides) -> Iterator[Change]:
    """One Change for each thing that happened to the declaration."""
    before = None if pair.before is None else _compiled(pair.before, sides.before)
    after = None if pair.after is None else _compiled(pair.after, sides.after)
    for kind in _kinds(before, after):
        symbol = before if before is not None else after
        known = after if after is not None else before
        if symbol is not None and known is not None:
            number = sides.step.patch.number
            yield Change(number, symbol.name, kind, before, after, known.condition)


def _compiled(symbol: Symbol, conditions: FileConditions) -> Symbol:
    return replace(symbol, condition=all_of(conditions(symbol.place.path), symbol.condition))


def _kinds(before: Symbol | None, after: Symbol | None) -> Iterator[ChangeKind]:
    if before is None:
        yield "added"
    elif after is None:
        yield "removed"
    else:
        happened: dict[ChangeKind, bool] = {
            "renamed": before.name != after.name,
            "resigned": _shape(before) != _shape(after),
            "reguarded": not _equivalent(before.condition, after.condition),
            "moved": before.place.path != after.place.path,
        }
        yield from (kind for kind, true in happened.items() if true)
        if not any(happened.values()):
            yield "edited"


def _order(change: Change) -> tuple[str, int, str, str]:
    symbol = change.before or change.after
    assert symbol is not None
    return (symbol.place.path, symbol.place.line, symbol.name, change.kind)
