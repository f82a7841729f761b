"""Turns what was gathered into what the subjects and the scenario can still reach.

When a function becomes a trap, what only it needed has no place in the model.
"""

import re
from collections.abc import Iterable, Iterator

from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.gathered import Gathered

WORD = re.compile(r"[A-Za-z_]\w*")


def forget_unreachable(gathered: Gathered, scenario: str) -> bool:
    """Drop all that no text reaches by name; whether anything was dropped."""
    reached = _reached(gathered, scenario)
    before = _size(gathered)
    gathered.functions = {d: None for d in gathered.functions if d.name in reached}
    gathered.variables = {d: None for d in gathered.variables if d.name in reached}
    gathered.macros = {key: m for key, m in gathered.macros.items() if key[1] in reached}
    gathered.structs = {tag: s for tag, s in gathered.structs.items() if tag in reached}
    gathered.types = {d: None for d in gathered.types if reached & _names_of_type(d)}
    kept = {d.name for d in (*gathered.functions, *gathered.variables)}
    gathered.trapped = {name: why for name, why in gathered.trapped.items() if name in kept}
    return _size(gathered) != before


def _size(gathered: Gathered) -> tuple[int, ...]:
    return (
        len(gathered.functions),
        len(gathered.variables),
        len(gathered.macros),
        len(gathered.structs),
        len(gathered.types),
    )


def _reached(gathered: Gathered, scenario: str) -> set[str]:
    texts: dict[str, list[str]] = {}
    for name, text in _texts(gathered):
        texts.setdefault(name, []).append(text)
    reached: set[str] = set()
    waiting = [scenario, *gathered.index.subjects]
    while waiting:
        for word in set(WORD.findall(waiting.pop())):
            if word not in reached:
                reached.add(word)
                waiting += texts.get(word, ())
    return reached


def _texts(gathered: Gathered) -> Iterator[tuple[str, str]]:
    """Every name with the text that it brings."""
    for definition in gathered.functions:
        trapped = definition.name in gathered.trapped
        yield definition.name, definition.head if trapped else definition.text
    for definition in gathered.variables:
        trapped = definition.name in gathered.trapped
        yield definition.name, definition.head if trapped else definition.text
    for (_, name), macro in gathered.macros.items():
        yield name, macro.body
    for tag in gathered.structs:
        yield tag, gathered.text(tag)
    for definition in gathered.types:
        for name in _names_of_type(definition):
            yield name, definition.text


def _names_of_type(definition: Definition) -> set[str]:
    """The words by which a typedef or enum can be meant: its name and its enumerators."""
    if definition.kind == "enum":
        return _words_of([definition.text]) | {definition.name}
    return {definition.name}


def _words_of(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in WORD.findall(text)} - {"enum", "struct", "union"}
