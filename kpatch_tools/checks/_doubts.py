"""Narrows a gap to what can be claimed: macros around the use may drop it.

An argument of a function is compiled with the call. An argument of a macro is
compiled where a definition of the macro is in force that uses all its
parameters, and so on through the macros of its body. A name that nothing in
sight declares may be anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kpatch_tools.checks._uses import Gap
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Reference, Snapshot, Symbol
from kpatch_tools.review.cover import certain

# A macro symbol's text: (a, b...) body
LISTED = re.compile(r"\(([^()]*)\)\s*(.*)", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")
CALLED = re.compile(rb"([A-Za-z_]\w*)\s*\Z")
NOT_CALLS = frozenset({"if", "while", "for", "switch", "return", "sizeof", "typeof", "__typeof__"})
DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a gap can neither be claimed nor dropped."""

    reason: str


def narrowed(gap: Gap) -> Gap | Doubt | None:
    """The part of the gap that is certain; None where a macro drops the use there."""
    snapshot, use = gap.question.snapshot, gap.question.use
    if use.place.path.endswith(".c") and not snapshot.configuration.knows(use.place.path):
        return Doubt("no Makefile tells when the file is compiled")
    for skip in snapshot.sight.doubts(use.place.path, use.symbol):
        return Doubt(f"{use.symbol} {skip.reason}")
    around = tuple(dict.fromkeys(_around(use, snapshot)))
    reached = [(name, _compiled(name, use.place.path, snapshot, DEEPEST)) for name in around]
    for name, condition in reached:
        if condition is None:
            return Doubt(f"{use.symbol} is an argument of {name}, which is not in sight")
    return _within(gap, [condition for _, condition in reached if condition is not None])


def _within(gap: Gap, conditions: list[Condition]) -> Gap | None:
    """The gap where all the conditions hold for certain."""
    if all(condition == TRUE for condition in conditions):
        return gap
    sure = certain(all_of(gap.condition, *conditions))
    witness = None if sure == FALSE else gap.question.snapshot.configuration.witness(sure)
    return None if witness is None else replace(gap, condition=sure, witness=witness)


def _around(use: Reference, snapshot: Snapshot) -> Iterator[str]:
    """What is called with the use in its arguments, innermost first."""
    code = scrub(snapshot.tree.read(use.place.path) or b"")
    for token in _tokens(code, use):
        depth = 0
        for at in range(token - 1, -1, -1):
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


def _compiled(name: str, path: str, snapshot: Snapshot, depth: int) -> Condition | None:
    """When arguments of `name` are compiled; None where that cannot be told."""
    declared = snapshot.sight.declared(path, name)
    if not declared or depth == 0:
        return None
    cases = [_used(symbol, path, snapshot, depth) for symbol in declared]
    known = [case for case in cases if case is not None]
    return any_of(*known) if len(known) == len(cases) else None


def _used(symbol: Symbol, path: str, snapshot: Snapshot, depth: int) -> Condition | None:
    """When this definition is in force and uses every parameter."""
    if symbol.kind != "macro":
        return symbol.condition
    parts = LISTED.match(symbol.text)
    parameters = {_variadic(p) for p in parts[1].split(",") if p.strip()} if parts else set()
    words = set(WORD.findall(parts[2] if parts else symbol.text))
    if not words or not parameters <= words:
        return FALSE
    conditions = [symbol.condition]
    for word in sorted(words - parameters - {symbol.name}):
        inner = [s for s in snapshot.sight.declared(path, word) if s.kind == "macro"]
        if any(LISTED.match(s.text) for s in inner):
            compiled = _compiled(word, path, snapshot, depth - 1)
            if compiled is None:
                return None
            conditions.append(compiled)
    return all_of(*conditions)


def _variadic(parameter: str) -> str:
    name = parameter.replace("...", "").strip()
    return name if name else "__VA_ARGS__"
