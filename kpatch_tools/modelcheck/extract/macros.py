"""Turns macro definitions and invocations into replaced text, one step at a time.

The rules are those of C11 6.10.3, but for arguments, which are put in as they
stand: what they name is expanded by whoever reads the result.
"""

import re
from collections.abc import Callable
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
    | \x02?[A-Za-z_]\w*
    | \.?\d[\w.]*
    | \#\#
    | \s+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
NAME = re.compile(r"[A-Za-z_]\w*")
LONGEST = 200_000
DEEPEST = 100
NONE: frozenset[str] = frozenset()
PAINT = "\x02"


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


def replaced(macro: Macro, given: list[str], full: list[str] | None = None) -> str:
    """The body with the arguments put in, `#` and `##` done, not scanned again.

    `full` are the arguments with their macros expanded, for where neither `#`
    nor `##` stands beside the parameter; without it they stay as given.
    """
    raw = _values(macro, given)
    plain = raw if full is None else _values(macro, full)
    tokens = [match.group() for match in TOKEN.finditer(macro.body)]
    result: list[str] = []
    position = 0
    pasting = False
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token == "##":
            _drop_blanks(result)
            position = _after_blanks(tokens, position)
            if result and result[-1] == "," and not raw.get(macro.rest or "", "x"):
                result.pop()
            pasting = True
            continue
        if token == "#" and macro.parameters is not None:
            position = _after_blanks(tokens, position)
            word = tokens[position] if position < len(tokens) else ""
            result.append(_quoted(raw.get(word, word)))
            position += 1
        else:
            next_token = _after_blanks(tokens, position)
            beside = pasting or tokens[next_token : next_token + 1] == ["##"]
            result.append((raw if beside else plain).get(token, token))
        pasting = False
    text = "".join(result)
    if len(text) > LONGEST:
        raise TooLongError(macro.name)
    return text


def _values(macro: Macro, given: list[str]) -> dict[str, str]:
    values = dict(zip(macro.parameters or (), given, strict=False))
    if macro.rest:
        values[macro.rest] = ", ".join(given[len(macro.parameters or ()) :])
    return values


def _drop_blanks(result: list[str]) -> None:
    while result and result[-1] and not result[-1].strip():
        result.pop()


def _after_blanks(tokens: list[str], position: int) -> int:
    while position < len(tokens) and tokens[position].isspace():
        position += 1
    return position


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def expanded(text: str, find: Callable[[str], Macro | None]) -> str:
    """The text with every macro expanded, scanned again as C11 6.10.3.4 wants it.

    TooLongError on a bomb.
    """
    return _Expansion(find).run(text, 0).replace(PAINT, "")


class _Expansion:
    """A stack of tokens, each with the macros it came from: these it may not be again.

    A name that was not expanded for that reason never will be: it is painted.
    """

    def __init__(self, find: Callable[[str], Macro | None]) -> None:
        self._find = find
        self._left = LONGEST

    def run(self, text: str, depth: int) -> str:
        if depth > DEEPEST:
            raise TooLongError(text[:40])
        result: list[str] = []
        work = [(token, NONE) for token in reversed(_tokens(text))]
        while work:
            self._left -= 1
            if self._left < 0:
                raise TooLongError(text[:40])
            token, hidden = work.pop()
            macro = self._find(token) if NAME.match(token) else None
            if macro is not None and token in hidden:
                result.append(PAINT + token)
                continue
            given = _call(work) if macro is not None and macro.parameters is not None else []
            if macro is None or given is None:
                result.append(token)
                continue
            full = [self.run(argument, depth + 1) for argument in given]
            below = hidden | {token}
            body = _tokens(replaced(macro, given, full))
            work += [(inner, below) for inner in reversed(body)]
        return "".join(result)


def _tokens(text: str) -> list[str]:
    return [match.group() for match in TOKEN.finditer(text)]


def _call(work: list[tuple[str, frozenset[str]]]) -> list[str] | None:
    """The arguments of the call on top of the stack, taken off; None where none stands there."""
    position = len(work) - 1
    while position >= 0 and work[position][0].isspace():
        position -= 1
    if position < 0 or work[position][0] != "(":
        return None
    depth = 0
    for end in range(position, -1, -1):
        token = work[end][0]
        depth += (token == "(") - (token == ")")
        if depth == 0:
            inside = "".join(token for token, _ in reversed(work[end + 1 : position]))
            del work[end:]
            return arguments(inside)
    return None
