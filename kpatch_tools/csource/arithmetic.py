"""Turns the words and operators of an #if line into numbers (C11 6.10.1).

Numbers are signed and as long as they need to be: that `-1` is greater than
`1U` is not known here.
"""

import operator
import re
from collections.abc import Callable

# defined(CONFIG_A) && BITS_PER_LONG >= 0x20UL
WORDS = re.compile(
    r"""
    \s*(?:
        (?P<number>\d\w*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<literal>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<operator>&&|\|\||==|!=|<=|>=|<<|>>|[-+*/%!~<>&|^()?:,./])
      | (?P<alien>\S)
    )""",
    re.VERBOSE,
)

# 0x1fUL 017 42
NUMBER = re.compile(r"(?P<digits>0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]*\Z")

PRECEDENCE = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, ">": 7, "<=": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip

OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "||": lambda left, right: bool(left or right),
    "&&": lambda left, right: bool(left and right),
    "|": operator.or_, "^": operator.xor, "&": operator.and_,
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
    "<=": operator.le, ">=": operator.ge, "<<": operator.lshift, ">>": operator.rshift,
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip


# What uintmax_t holds.
LARGEST = 2**64 - 1


class NoValueError(Exception):
    """What C gives no value: no integer, a division by zero, a shift out of range."""


def words(text: str) -> list[tuple[str, str]]:
    """(kind, word) for each word of the text; kinds are the groups of WORDS."""
    return [(match.lastgroup or "", match.group().strip()) for match in WORDS.finditer(text)]


def integer(word: str) -> int:
    """The value of a number; NoValueError where it is none."""
    match = NUMBER.match(word)
    digits = match["digits"] if match else ""
    octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
    try:
        value = int(digits, 8 if octal else 0)
    except ValueError:  # 089, or more digits than Python reads
        raise NoValueError(f"{word[:40]} is no integer") from None
    if value > LARGEST:
        raise NoValueError(f"{word[:40]} is too large")
    return value


def computed(word: str, left: int, right: int) -> int:
    """The value of `left word right`; quotients are cut towards zero (C11 6.5.5)."""
    if word in {"/", "%"}:
        if right == 0:
            raise NoValueError("division by zero")
        quotient = abs(left) // abs(right) * (1 if left * right >= 0 else -1)
        return quotient if word == "/" else left - quotient * right
    if word in {"<<", ">>"} and not 0 <= right < 64:
        raise NoValueError("shift out of range")
    value = int(OPERATIONS[word](left, right))
    if abs(value) > LARGEST:
        raise NoValueError("a number too large")
    return value
