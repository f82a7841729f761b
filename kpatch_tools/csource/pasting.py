"""Turns #define lines into patterns of the names that their macros paste together.

`#define RO(n, m) struct attr attr_##n = { n##_show }` makes `attr_` and its
first argument, and the first argument and `_show`. A macro that hands its
arguments on makes what the inner one makes of them:
`#define RO_ALL(n) RO(n##_all, 0)` makes `attr_`, its argument, `_all`.

Arguments are taken as they are written; names glued of arguments alone
(`a##b`) count only where another macro names one of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import Balanced

HASHES = re.compile(rb"##")
# #define TEST(u, l) \
#         static int Page##u(struct page *p)
DEFINE = re.compile(
    rb"[ \t]*\#[ \t]*define(?>(?:[ \t]|\\\r?\n)+)(?P<name>[A-Za-z_]\w*)"
    rb"(?:\((?P<parameters>(?:[^()\\]|\\\r?\n)*)\))?"
    rb"(?P<body>(?>(?:[^\\\n]++|\\\r?\n|\\)*))"
)
# Page ## u ## _slow
CHAIN = re.compile(rb"(?<![\w#])\w+(?:\s*##\s*\w+)+")
# n ## _all
GLUED = re.compile(rb"\s*(\w+(?:\s*##\s*\w+)*)\s*\Z")
PASTE = re.compile(rb"\s*##\s*")
# (a, b)
LISTED = Balanced(rb"\s*(PAREN)")
CONTINUED = re.compile(rb"\\\r?\n")
REMARK = re.compile(rb"/\*.*?\*/")
LETTER = re.compile(r"[A-Za-z0-9]")

Part = str | int
"""Text as it stands, or the number of an argument."""


@dataclass(frozen=True, slots=True)
class Paster:
    """A macro: where it is defined, its body on one line; `listed` if it takes arguments."""

    name: str
    path: str
    line: int
    parameters: tuple[str, ...]
    body: bytes
    listed: bool = True

    @property
    def private(self) -> bool:
        """Whether only its own file can call it."""
        return not self.path.endswith((".h", ".inl"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """The parts of a name, and the macros that join them, the called one first."""

    parts: tuple[Part, ...]
    macros: tuple[Paster, ...]


def pasters(path: str, source: bytes, sought: re.Pattern[bytes]) -> Iterator[Paster]:
    """The macros of a file whose definition has what is sought (`##`, or a name)."""
    done = 0
    for match in sought.finditer(source):
        if match.start() < done:
            continue
        start = _line_start(source, match.start())
        define = DEFINE.match(source, start)
        if define is None or define.end() <= match.start():
            continue
        done = define.end()
        yield _paster(path, source.count(b"\n", 0, start) + 1, define)


def _line_start(source: bytes, offset: int) -> int:
    """Where the line that continued lines belong to begins."""
    start = source.rfind(b"\n", 0, offset) + 1
    while start > 1 and source[max(0, start - 3) : start - 1].rstrip(b"\r").endswith(b"\\"):
        start = source.rfind(b"\n", 0, start - 1) + 1
    return start


def _paster(path: str, line: int, define: re.Match[bytes]) -> Paster:
    listed = CONTINUED.sub(b" ", define["parameters"] or b"").split(b",")
    names = tuple(part.strip().removesuffix(b"...").decode("latin-1") for part in listed)
    body = REMARK.sub(b" ", CONTINUED.sub(b" ", define["body"]))
    listing = define["parameters"] is not None
    return Paster(define["name"].decode(), path, line, names, body, listing)


def patterns(paster: Paster) -> Iterator[Pattern]:
    """What the macro's own body pastes."""
    for chain in CHAIN.findall(paster.body):
        yield Pattern(_parts(chain, paster.parameters), (paster,))


def handed_on(paster: Paster, inner: Pattern) -> Iterator[Pattern]:
    """What the inner pattern's macro makes of the arguments that `paster` gives it."""
    named = re.compile(rb"\b" + inner.macros[0].name.encode())
    for match in named.finditer(paster.body):
        # one pattern for all names: it takes long to compile
        listed = LISTED.match(paster.body, match.end())
        if listed is None:
            continue
        given = split_arguments(listed[1])
        parts = _given(inner.parts, given, paster.parameters)
        if parts is not None:
            yield Pattern(parts, (paster, *inner.macros))


def _given(
    parts: tuple[Part, ...], given: tuple[bytes, ...], parameters: tuple[str, ...]
) -> tuple[Part, ...] | None:
    """The parts with arguments put in, None where one is more than words."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
            continue
        glued = GLUED.match(given[part]) if part < len(given) else None
        if glued is None:
            return None
        found.extend(_parts(glued[1], parameters))
    return tuple(found)


def _parts(chain: bytes, parameters: tuple[str, ...]) -> tuple[Part, ...]:
    words = [word.decode("latin-1") for word in PASTE.split(chain)]
    return tuple(parameters.index(word) if word in parameters else word for word in words)


def telling(pattern: Pattern) -> bool:
    """Whether the pattern says more of a name than its underscores."""
    return any(isinstance(part, str) and LETTER.search(part) for part in pattern.parts)


def arguments_for(pattern: Pattern, name: str) -> Iterator[dict[int, str]]:
    """The arguments by number with which the pattern is the name: every way to split it."""
    yield from _split(pattern.parts, name, {})


def _split(parts: tuple[Part, ...], rest: str, known: dict[int, str]) -> Iterator[dict[int, str]]:
    if not parts:
        if not rest and any(known.values()):
            yield known
        return
    first, others = parts[0], parts[1:]
    text = known.get(first) if isinstance(first, int) else first
    if text is not None:
        if rest.startswith(text):
            yield from _split(others, rest[len(text) :], known)
        return
    for length in range(len(rest) + 1):
        yield from _split(others, rest[length:], {**known, int(first): rest[:length]})
