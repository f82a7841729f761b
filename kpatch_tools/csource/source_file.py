"""Turns one C file into what the readers of it share: code, lines, conditions, parses."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

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

# }
ITEM_END = re.compile(rb"^\}[^\n]*\n", re.MULTILINE)
# So many files are kept, with their syntax trees.
SHARED = 32
STORAGE_ONLY = re.compile(rb"(?:(?:static|inline|extern|const|__inline__|__inline)\b\s*)*\Z")


@dataclass(frozen=True, slots=True)
class Parse:
    """A tree of masked text, its offset 0 being the file's `base`; the file's `blanks` left out."""

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
        self.conditions = conditions_of(self.lines, self.code, self.directives)
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
        return tuple(self._parse(plan, self._whole) for plan in self._plans)

    @property
    def _whole(self) -> Span:
        return 0, len(self.bare)

    @property
    def _union(self) -> Parse:
        return self._parse(self._plans[0], self._whole)

    def offsets(self, line: int, name: str) -> tuple[int, ...]:
        """Where the name stands as a whole word on a line, comments and literals left out."""
        word = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")
        start = self.lines.start(line)
        return tuple(m.start() for m in word.finditer(self.bare, start, self.lines.start(line + 1)))

    def around(self, offset: int) -> Parse:
        """The parse of the items around the byte, all arms that fit together in it."""
        return self._parse(self._plans[0], self._items(offset))

    def attempts(self, offset: int) -> Iterator[Parse]:
        """Parses that hold the byte, the cheapest first, then what may do where it fails.

        The items around it, the file, its other #if arms, its arm alone, its
        item alone, and the file as the middle of an initialiser.
        """
        if self.around(offset).holds(offset):
            yield self.around(offset)
            yield self._union
        else:
            yield from (each for each in self.parses[1:] if each.holds(offset))
        alone = chosen_for(offset, self.conditions.chains)
        yield self._parse(alone, self._whole)
        yield self._parse(alone, self._item(offset))
        yield self._listed

    def _parse(self, blanks: tuple[Span, ...], span: Span) -> Parse:
        key = (*blanks, span)
        if key not in self._memo:
            text = edited(self.bare, (spaces(self.bare, *each) for each in blanks))
            part = text[slice(*span)]
            # headers of nothing but #define lines are the largest files of a kernel
            masked = Masked(part, part, ()) if part.isspace() else mask(part, self._empty)
            self._memo[key] = Parse(masked, parse(masked.text.rstrip()), blanks, span[0])
        return self._memo[key]

    @cached_property
    def _listed(self) -> Parse:
        """The file as the middle of an initialiser, as files are that another one includes."""
        before, after = b"int x[] = {", b"\n};"
        masked = mask(before + self.bare + after, self._empty)
        return Parse(masked, parse(masked.text), (), -len(before))

    def _item(self, offset: int) -> Span:
        """From the last line that begins with a closing brace to the next one."""
        ends = (0, *(match.end() for match in ITEM_END.finditer(self.bare)), len(self.bare))
        number = bisect_right(ends, offset)
        return ends[number - 1], ends[min(number, len(ends) - 1)]

    def _items(self, offset: int) -> Span:
        """The smallest such stretch that is balanced, and so is everything before it."""
        number = bisect_right(self._cuts, offset)
        return self._cuts[number - 1], self._cuts[min(number, len(self._cuts) - 1)]

    @cached_property
    def _cuts(self) -> tuple[int, ...]:
        """Offsets at which the union of arms may be cut: all braces are closed there."""
        text = edited(self.bare, (spaces(self.bare, *each) for each in self._plans[0]))
        cuts = [0]
        depth = start = 0
        for match in ITEM_END.finditer(text):
            depth += text.count(b"{", start, match.end()) - text.count(b"}", start, match.end())
            start = match.end()
            if depth == 0 and (b";" in match[0] or _ends_function(text, cuts[-1], match.start())):
                cuts.append(start)
        return (*cuts, len(text))


def _ends_function(text: bytes, start: int, end: int) -> bool:
    """Whether the closing brace at `end` is a function's; a struct's is followed by names.

    Its opening brace is the last one in column 0, else the first one behind `start`.
    """
    opening = text.rfind(b"\n{", start, end)
    if opening < 0:
        opening = text.find(b"{", start, end)
    return text[start:opening].rstrip()[-1:] == b")"


@lru_cache(maxsize=SHARED)
def source_file(path: str, source: bytes) -> SourceFile:
    """The file, shared by all who read the same text: for each patch much is asked again."""
    return SourceFile(path, source)
