"""Tells whether the arguments that a call shows are those the compiler sees."""

import re
from collections.abc import Iterator

from kpatch_tools.csource import definition_text
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Reference, Snapshot, Symbol

# take(
WORD = re.compile(rb"([A-Za-z_]\w*)(\s*\()?")
LISTED = re.compile(r"\([^()]*\)")


def counted(call: Reference, snapshot: Snapshot) -> bool:
    """False where a macro among the arguments stands for several, or for none."""
    path = call.place.path
    for word, opened in _words_given(call, snapshot):
        for symbol in snapshot.sight.declared(path, word.decode()):
            # what no parenthesis follows has no parameters: `(A | B)` is its value
            body = LISTED.sub("", symbol.text, count=1) if opened else symbol.text
            if symbol.kind == "macro" and _is_list(body):
                return False
    return True


def no_macro_unseen(call: Reference, snapshot: Snapshot) -> bool:
    """Whether all words of the arguments that are spelled as macros are have a declaration."""
    return all(
        snapshot.sight.declared(call.place.path, word.decode())
        for word, _ in _words_given(call, snapshot)
        if word.isupper()
    )


def _words_given(call: Reference, snapshot: Snapshot) -> set[tuple[bytes, bytes]]:
    """(word, the parenthesis that follows it, if one does) of every argument."""
    code = scrub(snapshot.tree.read(call.place.path) or b"")
    return {word for given in _lists(code, call) for word in WORD.findall(given)}


def says_parameters(symbol: Symbol, snapshot: Snapshot) -> bool:
    """Whether a function's parameters are known; `f()` may take anything."""
    if symbol.signature is None or symbol.signature.parameters or symbol.signature.variadic:
        return symbol.signature is not None
    source = snapshot.tree.read(symbol.place.path) or b""
    return "(void)" in definition_text(symbol, source).replace(" ", "")


def _is_list(body: str) -> bool:
    """Whether a macro's body is empty or has a comma outside brackets."""
    depth = 0
    for letter in body:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
        if letter == "," and not depth:
            return True
    return not body.strip()


def _lists(code: bytes, call: Reference) -> Iterator[bytes]:
    """What stands in the parentheses after each such name on the line of the call."""
    start = 0
    for _ in range(call.place.line - 1):
        start = code.find(b"\n", start) + 1
    end = code.find(b"\n", start)
    name = re.compile(rb"\b" + call.symbol.encode() + rb"\s*\(")
    for match in name.finditer(code, start, len(code) if end < 0 else end + 1):
        depth, at = 1, match.end()
        while at < len(code) and depth:
            depth += (code[at] in b"([{") - (code[at] in b")]}")
            at += 1
        yield code[match.end() : at - 1]
