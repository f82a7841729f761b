"""Turns one C file into what the readers of it share: code, lines, conditions, parses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from kpatch_tools.csource.arms import Span, chosen_for, parse_plans
from kpatch_tools.csource.directives import Directive, directives
from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.expansion import Macro, macros_of
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.csource.lines import Lines
from kpatch_tools.csource.mask import Masked, mask
from kpatch_tools.csource.regions import conditions_of
from kpatch_tools.csource.syntax import parse

STORAGE_ONLY = re.compile(rb"(?:(?:static|inline|extern|const|__inline__|__inline)\b\s*)*\Z")


@dataclass(frozen=True, slots=True)
class Parse:
    """A tree of masked text without the spans `blanks`; its offset 0 is the file's `base`."""

    masked: Masked
    root: Node
    blanks: tuple[Span, ...] = ()
    base: int = 0

    def holds(self, offset: int) -> bool:
        """Whether the byte was there to be parsed."""
        inside = self.base <= offset < self.base + len(self.masked.text)
        return inside and not any(start <= offset < end for start, end in self.blanks)


class SourceFile:
    """A C file, read as far as asked. `bare` is scrubbed and has no directives."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.source = source
        self.code = scrub(source)
        self.lines = Lines(source)
        self.directives: tuple[Directive, ...] = directives(self.code)
        self.conditions = conditions_of(self.code, self.directives)
        spans = (spaces(self.code, each.start, each.end) for each in self.directives)
        self.bare = edited(self.code, spans)
        self._memo: dict[tuple[Span, ...], Parse] = {}

    @cached_property
    def macros(self) -> dict[bytes, Macro]:
        """The macros that the file defines."""
        return macros_of(self.code, self.directives)

    @cached_property
    def _empty(self) -> frozenset[str]:
        """Macros of the file that stand for nothing or for storage words."""
        return frozenset(
            name.decode()
            for name, macro in self.macros.items()
            if macro.parameters is None and STORAGE_ONLY.match(macro.body)
        )

    @cached_property
    def _plans(self) -> tuple[tuple[Span, ...], ...]:
        return parse_plans(self.bare, self.conditions.chains)

    @cached_property
    def parses(self) -> tuple[Parse, ...]:
        """The union of arms first, then one parse for each further arm that excludes others."""
        return (self.union, *(self._parse(plan) for plan in self._plans[1:]))

    @cached_property
    def union(self) -> Parse:
        """The parse of all arms that fit together."""
        return self._parse(self._plans[0])

    def _parse(self, blanks: tuple[Span, ...]) -> Parse:
        masked = mask(self.bare, blanks, self._empty)
        return Parse(masked, parse(masked.text), blanks)

    def attempts(self, offset: int) -> Iterator[Parse]:
        """Parses that hold the byte, best first: union, other arms, its arm alone, its item."""
        if self.union.holds(offset):
            yield self.union
        else:
            yield from (each for each in self.parses[1:] if each.holds(offset))
        alone = self._alone(chosen_for(offset, self.conditions.chains))
        yield alone
        item = self._item(offset)
        if item is not None:
            yield self._cut(alone, item)
        yield self._listed

    @cached_property
    def _listed(self) -> Parse:
        """The file as the middle of an initialiser, as files are that another one includes."""
        before, after = b"int x[] = {", b"\n};"
        masked = mask(before + self.bare + after, (), self._empty)
        return Parse(masked, parse(masked.text), (), -len(before))

    def _alone(self, blanks: tuple[Span, ...]) -> Parse:
        if blanks not in self._memo:
            self._memo[blanks] = self._parse(blanks)
        return self._memo[blanks]

    def _cut(self, whole: Parse, item: Span) -> Parse:
        key = (*whole.blanks, item)
        if key not in self._memo:
            masked = whole.masked
            text, plain = masked.text[slice(*item)], masked.plain[slice(*item)]
            cut = Masked(plain, text, masked.rewritten)
            self._memo[key] = Parse(cut, parse(text), whole.blanks, base=item[0])
        return self._memo[key]

    def _item(self, offset: int) -> Span | None:
        """From after the last closing brace in column 0 to the next one."""
        before = self.bare.rfind(b"\n}", 0, offset)
        start = self.bare.find(b"\n", before + 1) if before >= 0 else 0
        after = self.bare.find(b"\n}", offset)
        end = self.bare.find(b"\n", after + 1) if after >= 0 else len(self.bare)
        return (start, end) if 0 <= start <= offset < end else None
