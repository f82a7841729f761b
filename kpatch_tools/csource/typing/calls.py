"""Turns a macro's call among tokens into its arguments, and the call into what it means."""

from collections.abc import Sequence

from kpatch_tools.csource.typing.frames import Frame
from kpatch_tools.csource.typing.keywords import CALLED, STARTS
from kpatch_tools.csource.typing.tokens import MacroBody, Token, closing, split, substituted
from kpatch_tools.csource.words import kernel_words

LONGEST = 20_000


def call_of(
    macro: MacroBody, tokens: Sequence[Token], at: int
) -> tuple[list[Sequence[Token]], int] | None:
    """The arguments of a macro at a token and where they end; None where it is not called."""
    if macro.parameters is None:
        return [], at + 1
    if at + 1 >= len(tokens) or tokens[at + 1][0] != "(":
        return None
    last = closing(tokens, at + 1, len(tokens))
    spans = split(tokens, at + 2, last)
    return [tokens[first:end] for first, end in spans], last + 1


def spliced(frame: Frame, at: int) -> bool:
    """Whether the token was a macro, which its meaning replaces."""
    tokens = frame.tokens
    text, _, hidden = tokens[at]
    if text in hidden or len(tokens) > LONGEST:
        return False
    for macro in sorted(frame.world.macro(text), key=lambda each: not each.body):
        called = call_of(macro, tokens, at)
        if called is None or not _balanced(macro):
            continue
        arguments, end = called
        tokens[at:end] = substituted(macro, arguments, hidden)
        return True
    return False


def _balanced(macro: MacroBody) -> bool:
    texts = [text for text, _, _ in macro.body]
    return texts.count("{") == texts.count("}") and texts.count("(") == texts.count(")")


def is_attribute(frame: Frame, text: str) -> bool:
    """Whether a name after a name is no declarator but says something about the one before."""
    words = kernel_words()
    if text in CALLED or text in words.attributes or text in words.attribute_calls:
        return True
    return text not in STARTS and bool(frame.world.macro(text))
