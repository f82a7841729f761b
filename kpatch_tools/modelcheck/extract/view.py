"""Turns a translation into names: what each means at the end of that .c file.

Macro invocations at file scope (PAGEFLAG, DEFINE_MUTEX) are expanded only
when a name is asked for that nothing else defines.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kpatch_tools.modelcheck.extract.definitions import (
    TAGS,
    Definition,
    definitions,
    enumerators,
)
from kpatch_tools.modelcheck.extract.items import closed, cut
from kpatch_tools.modelcheck.extract.macros import (
    Macro,
    TooLongError,
    arguments,
    expanded,
    replaced,
)
from kpatch_tools.modelcheck.extract.walk import Chunk, Translation

CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
# a definition beats a declaration, whatever file it stands in
RANK = {"prototype": 1, "declaration": 1}
MADE = frozenset({"function", "variable", *RANK})
DEEPEST = 8
MOST_MADE = 50_000

FindMacro = Callable[[str], Macro | None]


@dataclass(slots=True)
class Cutter:
    """Definitions of a chunk, cut once; `kept` may be shared between Trees."""

    kept: dict[Chunk, tuple[Definition, ...]] = field(default_factory=dict)

    def definitions(self, chunk: Chunk) -> tuple[Definition, ...]:
        if chunk not in self.kept:
            self.kept[chunk] = tuple(
                definition
                for item in cut(chunk.text)
                for definition in definitions(item, chunk.path)
            )
        return self.kept[chunk]


class View:
    """The names of one .c file. `find` gives the macros that invocations are expanded with."""

    def __init__(self, translation: Translation, cutter: Cutter, find: FindMacro) -> None:
        self.path = translation.path
        self.macros: Mapping[str, Macro] = translation.macros
        self.redefined = translation.redefined
        self.former: Mapping[str, Macro] = translation.former
        self._find = find
        # `#define hfs_find hfsplus_find` renames what the file declares as hfs_find
        self._aliases = {
            macro.body: name
            for name, macro in translation.macros.items()
            if macro.parameters is None and macro.body.isidentifier()
        }
        self._ordinary: dict[str, Definition] = {}
        self._tags: dict[str, Definition] = {}
        self._invocations: list[Definition] = []
        self._enums: list[Definition] = []
        self._made: dict[str, Definition] | None = None
        for chunk in translation.chunks:
            self._enter(cutter.definitions(chunk))

    def ordinary(self, name: str) -> Definition | None:
        """A function, variable, typedef or enumerator, or what declares it."""
        found = self._ordinary.get(name)
        if found is None or found.kind in RANK:
            found = self._expanded().get(name, found)
        if found is None and name in self._aliases:
            return self._ordinary.get(self._aliases[name])
        return found

    def tag(self, name: str) -> Definition | None:
        """A struct, union or enum; for one nested in another, the outermost."""
        return self._tags.get(name)

    def own(self) -> Iterable[Definition]:
        """Functions and variables that the .c file itself defines."""
        for definition in self._ordinary.values():
            if definition.path == self.path and definition.kind in {"function", "variable"}:
                yield definition
        for invocation in self._invocations:
            if invocation.path == self.path:
                made = expansions(invocation, self._find)
                yield from (each for each in made if each.kind not in RANK)

    def _enter(self, found: Iterable[Definition]) -> None:
        for definition in found:
            if definition.kind == "invocation":
                self._invocations.append(definition)
                continue
            if definition.kind == "enum" and CALL.search(definition.text):
                self._enums.append(definition)
            table = self._tags if definition.kind in TAGS else self._ordinary
            if not definition.name:
                continue
            known = table.get(definition.name)
            if known is None or _outranks(definition, known):
                table[definition.name] = definition

    def _expanded(self) -> dict[str, Definition]:
        if self._made is None:
            self._made = {}
            for invocation in self._invocations:
                for definition in expansions(invocation, self._find):
                    known = self._made.get(definition.name)
                    if known is None or _outranks(definition, known):
                        self._made[definition.name] = definition
            for enum in self._enums:
                for definition in expanded_enumerators(enum, self._find):
                    self._made.setdefault(definition.name, definition)
        return self._made


def _outranks(definition: Definition, known: Definition) -> bool:
    return RANK.get(definition.kind, 2) > RANK.get(known.kind, 2)


def expansions(invocation: Definition, find: FindMacro) -> list[Definition]:
    """The functions, variables and their declarations that one invocation makes, however deep."""
    made: list[Definition] = []
    waiting = [(invocation.text, 0)]
    while waiting and len(made) < MOST_MADE:
        text, depth = waiting.pop()
        body = _expanded_once(text, find)
        if body is None or depth > DEEPEST:
            continue
        for item in cut(" ".join(body.split())):
            for definition in definitions(item, invocation.path):
                if definition.kind == "invocation":
                    waiting.append((definition.text, depth + 1))
                elif definition.kind in MADE:
                    made.append(
                        Definition(
                            definition.kind,
                            definition.name,
                            invocation.path,
                            invocation.line,
                            definition.text,
                            definition.body,
                            pasted=True,
                        )
                    )
    return made


def expanded_enumerators(enum: Definition, find: FindMacro) -> list[Definition]:
    """The enumerators that macros write: `FOR_ALL_ZONES(PGALLOC)`."""
    opening = enum.text.find("{")
    if opening < 0:
        return []
    try:
        body = expanded(enum.text[opening + 1 : closed(enum.text, opening) - 1], find)
    except TooLongError:
        return []
    return list(enumerators(body, enum))


def _expanded_once(text: str, find: FindMacro) -> str | None:
    """The first call of a macro in the text replaced by its body."""
    for match in CALL.finditer(text):
        macro = find(match[1])
        if macro is None or macro.parameters is None:
            continue
        end = closed(text, match.end() - 1)
        try:
            body = replaced(macro, arguments(text[match.end() : end - 1]))
        except TooLongError:
            return None
        suffix = text[end:] if text[end:].strip() else ";"
        return f"{text[: match.start()]}{body}{suffix}"
    return None
