"""Turns macro definitions and invocations into replaced text, one step at a time.

The rules are those of C11 6.10.3, but for arguments, which are put in as they
stand: what they name is expanded by whoever reads the result.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# MAX(a, b) ((a) > (b) ? (a) : (b))
DEFINE = re.compile(
    r"\s*(?P<name>[A-Za-z_]\w*)(?P<list>\((?P<parameters>[^()]*)\))?(?P<body>.*)", re.DOTALL
)
# "text" 'c' name 0x1f ## # , ( ...
TOKEN = re.compile(
    r"""
      "(?:\\.|[^"\\\n])*"
    | '(?:\\.|[^'\\\n])*'
    | [A-Za-z_]\w*
    | \.?\d[\w.]*
    | \#\#
    | \s+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
NAME = re.compile(r"[A-Za-z_]\w*")
LONGEST = 200_000
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Macro:
    """`#define name(parameters) body`; `parameters` is None for an object-like macro.

    `rest` is the parameter that takes all further arguments, "" if there is none.
    """

    name: str
    parameters: tuple[str, ...] | None
    body: str
    path: str
    line: int
    rest: str = ""

    @property
    def text(self) -> str:
        """The macro as a #define line."""
        listed = ""
        if self.parameters is not None:
            shown = [*self.parameters]
            if self.rest:
                shown.append("..." if self.rest == "__VA_ARGS__" else f"{self.rest}...")
            listed = f"({', '.join(shown)})"
        return f"#define {self.name}{listed} {self.body}"


class TooLongError(Exception):
    """A macro grows beyond what any honest source does."""


def parse_define(rest: str, path: str, line: int) -> Macro | None:
    """The text after `#define`; None where it is not understood."""
    match = DEFINE.match(rest)
    if match is None:
        return None
    body = match["body"].strip()
    if match["list"] is None:
        return Macro(match["name"], None, body, path, line)
    names = [name.strip() for name in match["parameters"].split(",")]
    names = [name for name in names if name]
    variadic = ""
    if names and names[-1].endswith("..."):
        variadic = names.pop()[:-3].strip() or "__VA_ARGS__"
    return Macro(match["name"], tuple(names), body, path, line, variadic)


def closing(text: str, opening: int) -> int:
    """The offset just after the bracket that closes the one at `opening`; -1 without one."""
    depth = 0
    for match in TOKEN.finditer(text, opening):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
            if depth == 0:
                return match.end()
    return -1


def arguments(text: str) -> list[str]:
    """`a, f(b, c)` as its arguments; text is what stands between the parentheses."""
    found = [""]
    depth = 0
    for match in TOKEN.finditer(text):
        token = match.group()
        depth += (token in "([{") - (token in ")]}")
        if token == "," and depth == 0:
            found.append("")
        else:
            found[-1] += token
    return [argument.strip() for argument in found]


def replaced(macro: Macro, given: list[str]) -> str:
    """The body with the arguments put in, `#` and `##` done, not scanned again."""
    values = dict(zip(macro.parameters or (), given, strict=False))
    if macro.rest:
        values[macro.rest] = ", ".join(given[len(macro.parameters or ()) :])
    tokens = [match.group() for match in TOKEN.finditer(macro.body)]
    result: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token == "##":
            _paste(result, values)
            position = _after_blanks(tokens, position)
        elif token == "#" and macro.parameters is not None:
            position = _after_blanks(tokens, position)
            word = tokens[position] if position < len(tokens) else ""
            result.append(_quoted(values.get(word, word)))
            position += 1
        else:
            result.append(values.get(token, token))
    text = "".join(result)
    if len(text) > LONGEST:
        raise TooLongError(macro.name)
    return text


def _paste(result: list[str], values: dict[str, str]) -> None:
    """Drop blanks before `##`; `, ## __VA_ARGS__` with nothing given drops the comma."""
    while result and not result[-1].strip() and result[-1]:
        result.pop()
    if result and result[-1] == "," and not values.get("__VA_ARGS__", "x"):
        result.pop()


def _after_blanks(tokens: list[str], position: int) -> int:
    while position < len(tokens) and tokens[position].isspace():
        position += 1
    return position


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def expanded(text: str, find: Callable[[str], Macro | None]) -> str:
    """The text with every macro expanded, as an #if wants it. TooLongError on a bomb."""
    return "".join(_expanded(text, find, frozenset(), [LONGEST]))


def _expanded(
    text: str, find: Callable[[str], Macro | None], hidden: frozenset[str], left: list[int]
) -> Iterator[str]:
    position = 0
    left[0] -= len(text)
    if left[0] < 0 or len(hidden) > DEEPEST:
        raise TooLongError(text[:40])
    while match := TOKEN.match(text, position):
        token = match.group()
        position = match.end()
        macro = find(token) if NAME.match(token) and token not in hidden else None
        if macro is None:
            yield token
            continue
        given: list[str] = []
        if macro.parameters is not None:
            start = len(text) - len(text[position:].lstrip())
            end = closing(text, start) if text.startswith("(", start) else -1
            if end < 0:
                yield token
                continue
            given = arguments(text[start + 1 : end - 1])
            position = end
        yield from _expanded(replaced(macro, given), find, hidden | {token}, left)
