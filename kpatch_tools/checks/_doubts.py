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
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of, negate
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
    left = _within(gap, [condition for _, condition in reached if condition is not None])
    return left if left is None else _of_architecture(left) or left


def unseen(gap: Gap) -> Gap | Doubt | None:
    """The same of a name without declaration, which an include that leads nowhere may have.

    Where a declaration stands and does not fit, another one would not mend it.
    """
    use = gap.question.use
    left = narrowed(gap)
    if isinstance(left, Gap):
        for header in gap.question.snapshot.sight.unresolved(use.place.path):
            return Doubt(f"{use.symbol} may be declared by {header}, which is not in the tree")
    return left


def _of_architecture(gap: Gap) -> Doubt | None:
    """Doubt where a header of the witness's architecture, which sight did not read, has the name.

    Sight reads the headers of one architecture, for files below arch/ of their own.
    """
    snapshot, use = gap.question.snapshot, gap.question.use
    folder = f"arch/{gap.witness.architecture}/"
    if not gap.witness.architecture or use.place.path.startswith("arch/"):
        return None
    for path in snapshot.tree.naming(frozenset((use.symbol,))):
        if path.startswith(folder) and path.endswith(".h"):
            return Doubt(f"{use.symbol} may be declared by {path}")
    return None


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
    """When arguments of `name` are compiled; None where that cannot be told.

    Where a macro of that name is in force, a function of that name is not called.
    """
    declared = snapshot.sight.declared(path, name)
    if not declared or depth == 0:
        return None
    macros = [symbol for symbol in declared if symbol.kind == "macro"]
    others = [symbol.condition for symbol in declared if symbol.kind != "macro"]
    in_force = any_of(*(symbol.condition for symbol in macros))
    cases = [_used(symbol, path, snapshot, depth) for symbol in macros]
    known = [case for case in cases if case is not None]
    if len(known) != len(cases):
        return None
    return any_of(all_of(any_of(*others), negate(in_force)), *known)


def _used(macro: Symbol, path: str, snapshot: Snapshot, depth: int) -> Condition | None:
    """When this definition is in force and compiles every parameter as it is given."""
    parts = LISTED.match(macro.text)
    body = parts[2] if parts else macro.text
    parameters = {_variadic(p) for p in parts[1].split(",") if p.strip()} if parts else set()
    if not body or not all(_plain(parameter, body) for parameter in parameters):
        return FALSE
    conditions = [macro.condition]
    for word in sorted(set(WORD.findall(body)) - parameters - {macro.name}):
        inner = [s for s in snapshot.sight.declared(path, word) if s.kind == "macro"]
        if any(LISTED.match(symbol.text) for symbol in inner):
            compiled = _compiled(word, path, snapshot, depth - 1)
            if compiled is None:
                return None
            conditions.append(compiled)
    return all_of(*conditions)


def _plain(parameter: str, body: str) -> bool:
    """Whether the body has the parameter as a word of its own: no member, nothing pasted."""
    word = re.compile(rf"\b{re.escape(parameter)}\b(?!\s*##)")
    return any(
        not body[: match.start()].rstrip().endswith(("->", ".", "#"))
        for match in word.finditer(body)
    )


def _variadic(parameter: str) -> str:
    name = parameter.replace("...", "").strip()
    return name if name else "__VA_ARGS__"
