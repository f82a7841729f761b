"""Turns scrubbed C into a same-length copy that the grammar accepts.

Directives are blanked, all arms of an #if stay unless they are dropped, macro
words are blanked or rewritten. Every change is known by its rule; offsets are
those of the source throughout.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kpatch_tools.csource import mask_arguments, mask_macros, mask_tokens, mask_words
from kpatch_tools.csource.edits import Edit, Rewritten, Rule, edited, spaces

WORD_RULES: tuple[tuple[str, Rule], ...] = (
    ("attribute", mask_words.attributes),
    ("attribute-call", mask_words.attribute_calls),
    ("assembly", mask_words.assembly),
    ("parameters", mask_words.paired_parameters),
    ("attribute", mask_words.unknown_attributes),
)
SHAPE_RULES: tuple[tuple[str, Rule], ...] = (
    ("type-operator", mask_words.type_operators),
    ("trace", mask_arguments.trace_events),
    ("keyword", mask_arguments.keywords),
    ("statements", mask_arguments.statements),
    ("type-argument", mask_arguments.types),
    ("operator", mask_arguments.operators),
    ("static", mask_macros.statics),
    ("macro", mask_macros.run_on),
    ("string", mask_tokens.strings),
    ("range", mask_tokens.ranges),
    ("goto", mask_tokens.gotos),
    ("stray", mask_tokens.strays),
)


@dataclass(frozen=True, slots=True)
class Masked:
    """`plain` lacks directives and attributes only; `text` is what the grammar gets."""

    plain: bytes
    text: bytes
    rewritten: tuple[Rewritten, ...]

    def rule(self, offset: int) -> str:
        """The last rule that rewrote the byte, "" if it is as in the source."""
        for change in reversed(self.rewritten):
            if change.start <= offset < change.end:
                return change.rule
        return ""


def mask(code: bytes, blanks: Iterable[tuple[int, int]]) -> Masked:
    """Mask scrubbed code; `blanks` are the spans of directives and dropped arms."""
    changes: list[Rewritten] = []
    text = edited(code, (spaces(code, start, end) for start, end in blanks))
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
