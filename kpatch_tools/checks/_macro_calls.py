"""Turns calls of a macro into gaps: more or fewer arguments than any definition of it takes."""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.condition import FALSE, all_of, any_of
from kpatch_tools.domain import Case, Snapshot, Symbol
from kpatch_tools.review.cover import uncovered

# #define item_sum(a, b...) \
DEFINED = re.compile(rb"[ \t]*#[ \t]*define[ \t]+(\w+)(?:\(([^()]*)\))?")


def macro_misfits(case: Case) -> Iterator[Gap]:
    """Calls of names that the series touched and that nothing but macros declares."""
    names = {c.symbol for c in case.review.changes} | {
        change.after.name for change in case.review.changes if change.after is not None
    }
    for question in questions(case.review):
        use, snapshot = question.use, question.snapshot
        if use.kind != "call" or use.arguments is None or use.symbol not in names:
            continue
        if in_macro_body(use, snapshot) or not _all_macros(question):
            continue
        taken = {symbol: _takes(symbol, use.arguments, snapshot) for symbol in question.declared}
        if None in taken.values():
            continue
        wrong = any_of(*(symbol.condition for symbol, fits in taken.items() if not fits))
        right = [symbol for symbol, fits in taken.items() if fits]
        condition = uncovered(all_of(use.condition, wrong), right)
        witness = None if condition == FALSE else snapshot.configuration.witness(condition)
        if witness is not None:
            yield Gap(question, condition, witness)


def _all_macros(question: Question) -> bool:
    """Whether every declaration, looked for on every line, is a macro."""
    use, snapshot = question.use, question.snapshot
    found = snapshot.sight.searched(use.place.path, use.symbol)
    known = {symbol.place for symbol in question.declared}
    return bool(known) and all(
        symbol.kind == "macro" and symbol.place in known for symbol in (*found, *question.declared)
    )


def parameters_of(macro: Symbol, snapshot: Snapshot) -> tuple[str, ...] | None:
    """The names in the macro's list; None for one that takes no list."""
    lines = (snapshot.tree.read(macro.place.path) or b"").split(b"\n")
    match = DEFINED.match(lines[macro.place.line - 1]) if macro.place.line <= len(lines) else None
    if match is None or match[2] is None or match[1] != macro.name.encode():
        return None
    listed = match[2].decode("latin-1").split(",")
    return tuple(name.strip() for name in listed if name.strip())


def _takes(macro: Symbol, arguments: int, snapshot: Snapshot) -> bool | None:
    """Whether the macro takes so many; `m()` gives one, which is empty."""
    names = parameters_of(macro, snapshot)
    if names is None:
        return None
    if names and names[-1].endswith("..."):
        return max(arguments, 1) >= len(names) - 1
    return arguments == len(names) or (arguments == 0 and len(names) == 1)
