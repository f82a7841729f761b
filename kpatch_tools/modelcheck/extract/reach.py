"""Turns what was gathered into what the subjects and the scenario can still reach.

When a function becomes a trap, what only it needed has no place in the model.
"""

from collections.abc import Iterator

from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.tokens import WORD, names_of


def forget_unreachable(gathered: Gathered, scenario: str) -> bool:
    """Drop all that no text reaches by name; whether anything was dropped."""
    before = _size(gathered)
    gathered.forget(_reached(gathered, scenario))
    return _size(gathered) != before


def _size(gathered: Gathered) -> tuple[int, ...]:
    return (
        len(gathered.functions),
        len(gathered.variables),
        len(gathered.defines.taken),
        len(gathered.structs),
        len(gathered.types),
    )


def _reached(gathered: Gathered, scenario: str) -> set[str]:
    texts: dict[str, list[str]] = {}
    for name, text in _texts(gathered):
        texts.setdefault(name, []).append(text)
    reached: set[str] = set()
    read: set[str] = set()
    waiting = [scenario, *gathered.index.subjects, *gathered.defines.written]
    while waiting:
        text = waiting.pop()
        # an enum waits under the name of each of its enumerators
        if text in read:
            continue
        read.add(text)
        for word in set(WORD.findall(text)):
            if word not in reached:
                reached.add(word)
                waiting += texts.get(word, ())
    return reached


def _texts(gathered: Gathered) -> Iterator[tuple[str, str]]:
    """Every name with the text that it brings."""
    for definition in (*gathered.functions, *gathered.variables):
        trapped = definition.name in gathered.trapped
        yield definition.name, definition.head if trapped else definition.text
    # names that macros paste together stand in no text
    for asker, names in gathered.asked.items():
        if asker not in gathered.trapped:
            yield asker, " ".join(sorted(names))
    for (_, name), macro in gathered.defines.taken.items():
        yield name, macro.body
    for tag in gathered.structs:
        yield tag, gathered.text(tag)
    for definition, asked in gathered.types.items():
        for name in names_of(definition, asked):
            yield name, definition.text
