"""Tells whether the compiler surely keeps a line of a function, whatever it folds.

Kept is a statement of the function's own block, outside every condition, or the test of
an `if` there, where no statement before it that may be folded leaves the function. Everything else
is kept only where no word of the function is one that the compiler folds.
"""

import re
from collections.abc import Iterator

from kpatch_tools.csource.lexer import scrub

# Code that the compiler drops: `if (IS_ENABLED(CONFIG_A)) start();`
FOLDED = re.compile(
    rb"\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\b|\b__builtin_(?:constant_p|choose_expr)\b"
)
UNUSED = re.compile(rb"\b__(?:maybe|always)_unused\b")
# if (item) ..., else ..., item ? start() : stop()
CONDITIONAL = re.compile(rb"\s*(?:if|else|for|while|switch|do|case|default)\b|[?]|&&|\|\|")
IF = re.compile(rb"\s*if\s*\(")
LEAVES = re.compile(rb"\b(?:return|goto)\b")
# if (item->count) return 0; is decided when it runs
RUN_TIME = re.compile(rb"->")


def may_be_dropped(source: bytes, span: tuple[int, int], line: int) -> bool:
    """Whether the compiler may drop the line of the function that stands on the lines `span`."""
    lines = scrub(source).split(b"\n")
    if UNUSED.search(b"\n".join(lines[max(0, span[0] - 3) : span[1]])):
        return True
    if FOLDED.search(b"\n".join(lines[span[0] - 1 : span[1]])) is None:
        return False
    before = _before(lines, span, line)
    if before is None:
        return True
    # what is folded may decide what a later statement asks
    first = next((n for n, each in enumerate(before) if FOLDED.search(each)), len(before))
    return any(LEAVES.search(each) for each in before[first:])


def always_runs(source: bytes, span: tuple[int, int], line: int) -> bool:
    """Whether the line's statement runs whatever the function is given, constants included."""
    before = _before(scrub(source).split(b"\n"), span, line)
    if before is None:
        return False
    return all(RUN_TIME.search(each) for each in before if LEAVES.search(each))


def _before(lines: list[bytes], span: tuple[int, int], line: int) -> list[bytes] | None:
    """The statements before that of the line; None where that is not one of its own block."""
    begun, *more = lines[line - 1].split(b";")
    text = b"\n".join((*lines[span[0] - 1 : line - 1], begun))
    opened = text.find(b"{")
    if opened < 0 or any(map(bytes.strip, more)):
        return None
    *earlier, (depth, own) = _statements(text[opened + 1 :])
    asked = own[_test(own) :]
    if depth or CONDITIONAL.search(asked) or FOLDED.search(asked):
        return None
    return [each for _, each in earlier]


def _test(own: bytes) -> int:
    """Where the test of an `if` begins that ends with the text, or goes on: it is always asked."""
    begun = IF.match(own)
    if begun is None:
        return 0
    depth = 1
    for at, byte in enumerate(own[begun.end() :], begun.end()):
        depth += (byte in b"(") - (byte in b")")
        if not depth:
            return 0 if own[at + 1 :].strip() else begun.end()
    return begun.end()


def _statements(body: bytes) -> Iterator[tuple[int, bytes]]:
    """(depth of braces, text) of every statement; the last is where the text ends.

    A block is a part of the statement before it: `if (item) { return; }` is one.
    """
    depth = round_ = start = 0
    for at, byte in enumerate(body):
        depth += (byte in b"{") - (byte in b"}")
        round_ += (byte in b"(") - (byte in b")")
        ends = byte in b";}" and not depth and not round_
        if ends and not re.match(rb"\s*else\b", body[at + 1 :]):
            yield 0, body[start : at + 1]
            start = at + 1
    yield depth, body[start:]
