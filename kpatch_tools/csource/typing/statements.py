"""Finds the expression that a statement expression is: `({ int x = f(); x; })` is x."""

from collections.abc import Sequence

from kpatch_tools.csource.typing.tokens import Token, closing, split

BLOCKS = frozenset(("if", "for", "while", "do", "switch"))


def last_expression(tokens: Sequence[Token], opened: int, end: int) -> tuple[int, int]:
    """The tokens of the last statement in the braces that open at `opened`; none: (0, 0)."""
    last = closing(tokens, opened, end)
    spans = split(tokens, opened + 1, last, ";")
    if len(spans) > 1 and spans[-1][0] == spans[-1][1]:
        spans.pop()
    if not spans:
        return 0, 0
    start, stop = spans[-1]
    while start < stop and tokens[start][0] == "{":
        start = closing(tokens, start, stop) + 1
    return _after_blocks(tokens, start, stop), stop


def _after_blocks(tokens: Sequence[Token], start: int, stop: int) -> int:
    """After statements that no `;` ends: `if (x) { } y` is y."""
    for number in range(stop - 1, start, -1):
        if tokens[number][0] == "}" and tokens[start][0] in BLOCKS:
            return number + 1
    return start
