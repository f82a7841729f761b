"""Tells why a gap cannot be claimed: where the preprocessor may make what is not seen."""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import Gap
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Reference, Snapshot, Symbol

# The `macro` symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")
CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\Z")
NOT_CALLS = frozenset({"if", "while", "for", "switch", "return", "sizeof", "typeof", "__typeof__"})
DEEPEST = 4


def doubt(gap: Gap) -> str | None:
    """The reason not to claim a gap, or None."""
    snapshot, use = gap.question.snapshot, gap.question.use
    if use.place.path.endswith(".c") and not snapshot.configuration.knows(use.place.path):
        return "no Makefile tells when the file is compiled"
    for skip in snapshot.sight.doubts(use.place.path, use.symbol):
        return f"{use.symbol} {skip.reason}"
    for name in _around(use, snapshot):
        if not _passes_on(name, use.place.path, snapshot, DEEPEST):
            return f"{use.symbol} is an argument of {name}, which may be a macro that drops it"
    return None


def _around(use: Reference, snapshot: Snapshot) -> Iterator[str]:
    """What is called with the use in its arguments, innermost first."""
    code = scrub(snapshot.tree.read(use.place.path) or b"")
    for match in _tokens(code, use):
        depth = 0
        for at in range(match - 1, -1, -1):
            byte = code[at : at + 1]
            if byte == b")":
                depth += 1
            elif byte == b"(" and depth:
                depth -= 1
            elif byte == b"(":
                called = CALLED.search(code, max(0, at - 80), at)
                if called and called[1].decode() not in NOT_CALLS:
                    yield called[1].decode()
            elif byte in b";{}" and not depth:
                break


def _tokens(code: bytes, use: Reference) -> Iterator[int]:
    """Offsets of the name on the line of the use."""
    start = 0
    for _ in range(use.place.line - 1):
        start = code.find(b"\n", start) + 1
    end = code.find(b"\n", start)
    word = re.compile(rb"\b" + use.symbol.encode() + rb"\b")
    for match in word.finditer(code, start, len(code) if end < 0 else end):
        yield match.start()


def _passes_on(name: str, path: str, snapshot: Snapshot, depth: int) -> bool:
    """Whether arguments of `name` are compiled in every arm: a function, or a macro that uses all.

    A name that nothing in sight declares may be anything.
    """
    declared = snapshot.sight.declared(path, name)
    if not declared or depth == 0:
        return False
    return all(
        symbol.kind != "macro" or _uses_all(symbol, path, snapshot, depth) for symbol in declared
    )


def _uses_all(macro: Symbol, path: str, snapshot: Snapshot, depth: int) -> bool:
    parts = LISTED.match(macro.text)
    if parts is None:
        named = WORD.findall(macro.text)
        return bool(named) and all(_harmless(word, path, snapshot, depth) for word in named)
    listed = [name.strip() for name in parts[1].split(",") if name.strip()]
    words = set(WORD.findall(parts[2]))
    wanted = {_variadic(name) for name in listed}
    return wanted <= words and all(
        _harmless(word, path, snapshot, depth) for word in words - wanted
    )


def _harmless(word: str, path: str, snapshot: Snapshot, depth: int) -> bool:
    """Whether a word of a macro's body is no macro that drops what it gets."""
    declared = snapshot.sight.declared(path, word)
    macros = [symbol for symbol in declared if symbol.kind == "macro"]
    return all(
        LISTED.match(symbol.text) is None or _passes_on(word, path, snapshot, depth - 1)
        for symbol in macros
    )


def _variadic(parameter: str) -> str:
    name = parameter.replace("...", "").strip()
    return name if name else "__VA_ARGS__"
