"""Turns scrubbed C into a same-length copy that the grammar accepts.

Macro words are blanked or rewritten. Every change is known by its rule;
offsets are those of the code throughout.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kpatch_tools.csource.edits import Edit, Rewritten, Rule, edited, spaces
from kpatch_tools.csource.lexer import any_word
from kpatch_tools.csource.mask import arguments, attributes, macros, records, tokens

CALLED = re.compile(rb"\s*\(")

WORD_RULES: tuple[tuple[str, Rule], ...] = (
    ("attribute", attributes.words),
    ("attribute-call", attributes.calls),
    ("assembly", attributes.assembly),
    ("parameters", attributes.paired_parameters),
    ("attribute", attributes.unknown_words),
    ("wrapper", attributes.wrappers),
    ("number", tokens.numbers),
)
SHAPE_RULES: tuple[tuple[str, Rule], ...] = (
    ("type-operator", attributes.type_operators),
    ("trace", arguments.trace_events),
    ("keyword", arguments.keywords),
    ("group", records.groups),
    ("packed", records.packed),
    ("designator", arguments.designators),
    ("statements", arguments.statements),
    ("declaration", arguments.declarations),
    ("type-argument", arguments.types),
    ("empty", arguments.empty),
    ("storage", arguments.storage),
    ("operator", arguments.operators),
    ("static", macros.statics),
    ("macro", macros.by_scope),
    ("string", tokens.strings),
    ("range", tokens.ranges),
    ("goto", tokens.gotos),
    ("stray", tokens.strays),
)


@dataclass(frozen=True, slots=True)
class Masked:
    """`plain` lacks directives and attributes only; `text` is what the grammar gets."""

    plain: bytes
    text: bytes
    rewritten: tuple[Rewritten, ...]

    def change(self, start: int, end: int) -> Rewritten | None:
        """The last change that touches bytes start..end, None if they are as in the code."""
        touching = (
            each for each in reversed(self.rewritten) if each.start < end and start < each.end
        )
        return next(touching, None)


def mask(code: bytes, empty: frozenset[str] = frozenset()) -> Masked:
    """Mask scrubbed code without directives; `empty` macros stand for nothing."""
    changes: list[Rewritten] = []
    text = code
    if empty:
        text = _ruled(text, (("attribute", partial(_without, empty)),), changes)
    text = _ruled(text, WORD_RULES, changes)
    plain = text
    text = _ruled(text, SHAPE_RULES, changes)
    return Masked(plain, text, tuple(changes))


def _ruled(text: bytes, rules: tuple[tuple[str, Rule], ...], changes: list[Rewritten]) -> bytes:
    for name, rule in rules:
        edits: list[Edit] = list(rule(text))
        if edits:
            changes.extend(Rewritten(at, at + len(new), name) for at, new in edits)
            text = edited(text, edits)
    return text


def _without(words: frozenset[str], code: bytes) -> Iterator[Edit]:
    for match in any_word(words).finditer(code):
        if CALLED.match(code, match.end()) is None:
            yield spaces(code, *match.span())
