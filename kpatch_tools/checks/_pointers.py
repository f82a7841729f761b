"""Turns re-signed functions that are handed on as pointers into misfits of types.

A variable that is declared with the function as its value, a local variable or a
member that it is assigned to, and an argument of a call. Tables are `incomplete-ops`;
of any other use it is said that nothing tells the type.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.checks._arguments import says_parameters
from kpatch_tools.checks._doubts import is_call, tokens_of
from kpatch_tools.checks._dropped import around, placed_in
from kpatch_tools.checks._ops_types import Files, is_entry
from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.checks._values import FUNCTIONS, alone, misfit
from kpatch_tools.checks._visible import sees
from kpatch_tools.condition import FALSE, Condition, all_of, any_of
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.csource.source_file import source_file
from kpatch_tools.csource.values import assigned_to
from kpatch_tools.domain import Case, Finding, Skipped, Symbol
from kpatch_tools.review.cover import certain
from kpatch_tools.review.typedefs import typedefs_of
from kpatch_tools.review.types import (
    Function,
    Pointer,
    Type,
    Typedefs,
    function_type,
    parameter,
    read_type,
    same,
)

KINDS = frozenset({"address", "initialiser", "macro-argument"})
# static int (*start)(struct item *item) = item_start;
DECLARED = re.compile(rb"[;{}\n]([^;{}=#]*?)=\s*&?\s*\Z")
# item->ops.start = item_start;
ASSIGNED = re.compile(rb"(?:->|\.)\s*(\w+)\s*=\s*&?\s*\Z")
# typeof((array)[0]), whatever it is
TYPEOF = re.compile(r"\b(?:__)?typeof(?:__)?\s*\((?:[^()]|\([^()]*\))*\)")
FARTHEST = 600
UNDECIDED = "stale-signature cannot be decided: "


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the pointer is to point to, under a condition; `name` is who wants it."""

    name: str
    type_: Function
    condition: Condition


def pointer_misfits(case: Case) -> Iterator[Finding | Skipped]:
    """One finding for each use, snapshot by snapshot."""
    resigned: dict[str, int] = {}
    for change in case.review.changes:
        was = change.before
        if change.kind == "resigned" and was is not None and was.kind in FUNCTIONS:
            resigned.setdefault(change.symbol, change.patch)
    files = Files()
    for question in questions(case.review):
        use, snapshot = question.use, question.snapshot
        if use.symbol not in resigned or use.kind not in KINDS or not question.declared:
            continue
        doubt = _unclear(question)
        found = tuple(_of_use(question)) if doubt is None else ()
        if doubt is None and not found:
            doubt = _untold(question, files)
        yield from found
        if doubt is not None and snapshot.number >= resigned[use.symbol]:
            yield Skipped(use.place, f"{UNDECIDED}{doubt}", use.symbol)


def _unclear(question: Question) -> str | None:
    """Why it is not told what function the use means; None where it is."""
    use, snapshot, declared = question.use, question.snapshot, question.declared
    if in_macro_body(use, snapshot):
        return f"{use.symbol} is handed on in the body of {use.function}"
    if any(symbol.kind not in FUNCTIONS for symbol in declared) or not alone(question):
        return f"{use.symbol} is more than a function here"
    if not all(says_parameters(symbol, snapshot) for symbol in declared):
        return f"a declaration of {use.symbol} does not say its parameters"
    return None


def _untold(question: Question, files: Files) -> str | None:
    """Why it is not told whether the function has the type that is wanted; None where it fits."""
    use, snapshot = question.use, question.snapshot
    typedefs = typedefs_of(use.place.path, snapshot.sight)
    wanted = tuple(_wanted(question, typedefs))
    if not wanted and not is_entry(use, snapshot, files):
        return f"nothing tells which type of function is wanted of {use.symbol} here"
    compared = (_compared(s, each, typedefs) for each in wanted for s in question.declared)
    if any(fits is None for fits in compared):
        return f"a type in what is wanted of {use.symbol} here is not known"
    return None


def _of_use(question: Question) -> Iterator[Finding | Skipped]:
    use, snapshot = question.use, question.snapshot
    typedefs = typedefs_of(use.place.path, snapshot.sight)
    for wanted in _wanted(question, typedefs):
        wrong = [s for s in question.declared if _compared(s, wanted, typedefs) is False]
        if len(wrong) != len(question.declared) or not sees(use, wrong, snapshot):
            continue
        either = any_of(*(symbol.condition for symbol in wrong))
        condition = certain(all_of(use.condition, wanted.condition, either))
        witness = None if condition == FALSE else snapshot.configuration.witness(condition)
        if witness is not None:
            said = (
                "pointer",
                f"{use.symbol} is handed on here, and {wanted.name} wants another function type",
                "give the function the type of the pointer",
            )
            found = tuple(misfit(Gap(question, condition, witness), wrong, said))
            yield from found
            if any(isinstance(each, Finding) for each in found):
                return


def _compared(symbol: Symbol, wanted: _Wanted, typedefs: Typedefs) -> bool | None:
    """Whether the function is of the type; None where that cannot be told."""
    assert symbol.signature is not None
    return same(function_type(symbol.signature, typedefs), wanted.type_)


def _wanted(question: Question, typedefs: Typedefs) -> Iterator[_Wanted]:
    """What each use on the line has to point to, where that can be told."""
    use, snapshot = question.use, question.snapshot
    code = scrub(snapshot.tree.read(use.place.path) or b"")
    for token in tokens_of(code, use):
        after = code[token + len(use.symbol) :].lstrip()[:1]
        before = code[max(0, token - FARTHEST) : token]
        assigned = ASSIGNED.search(before)
        declared = DECLARED.search(before)
        if assigned is not None:
            if after == b";":
                yield from _of_member(question, assigned, typedefs)
        elif declared is not None and after in (b";", b","):
            text = declared[1].decode("latin-1").strip()
            type_ = _pointed(read_type(text, typedefs)) if " " in text else None
            if type_ is not None:
                yield _Wanted("the variable", type_, use.condition)
            else:
                yield from _of_variable(question, token, typedefs)
        elif before.rstrip(b"& \t\n")[-1:] in (b"(", b",") and after in (b")", b","):
            of_call = _of_macro if use.kind == "macro-argument" else _of_argument
            yield from of_call(question, code, token, typedefs)


def _of_argument(
    question: Question, code: bytes, token: int, typedefs: Typedefs
) -> Iterator[_Wanted]:
    """The type of the parameter that the function called here has in this place."""
    path, snapshot = question.use.place.path, question.snapshot
    call = next(around(code, token), None)
    if call is None or call.is_member or not is_call(call):
        return
    called = snapshot.sight.searched(path, call.name)
    texts = {
        symbol.signature.parameters[call.position]
        for symbol in called
        if symbol.signature is not None and call.position < len(symbol.signature.parameters)
    }
    if len(texts) != 1 or any(symbol.kind not in FUNCTIONS for symbol in called):
        return
    type_ = _pointed(parameter(read_type(texts.pop(), typedefs)))
    if type_ is not None:
        yield _Wanted(f"{call.name}()", type_, any_of(*(s.condition for s in called)))


def _of_macro(question: Question, code: bytes, token: int, typedefs: Typedefs) -> Iterator[_Wanted]:
    """The type of the variable that the macro called here makes of its argument."""
    path, sight = question.use.place.path, question.snapshot.sight
    call = next(around(code, token), None)
    macros = () if call is None else sight.searched(path, call.name)
    if call is None or len(macros) != 1 or macros[0].kind != "macro":
        return
    for before, after in placed_in(macros[0], call.position):
        declared = DECLARED.search(before[-FARTHEST:])
        if declared is None or after not in (b";", b","):
            continue
        text = TYPEOF.sub("untold", declared[1].decode("latin-1").strip())
        type_ = _pointed(read_type(text, typedefs))
        if type_ is not None:
            yield _Wanted(f"the body of {call.name}", type_, macros[0].condition)


def _of_variable(question: Question, token: int, typedefs: Typedefs) -> Iterator[_Wanted]:
    """The type of the local variable that the function is assigned to."""
    use, snapshot = question.use, question.snapshot
    file = source_file(use.place.path, snapshot.tree.read(use.place.path) or b"")
    variable = assigned_to(file, token)
    type_ = None if variable is None else _pointed(read_type(variable.text, typedefs))
    if type_ is not None:
        yield _Wanted("the variable", type_, use.condition)


def _of_member(
    question: Question, assigned: re.Match[bytes], typedefs: Typedefs
) -> Iterator[_Wanted]:
    """The type of the member, where its struct is told and has one of the name."""
    use, snapshot = question.use, question.snapshot
    path, name = use.place.path, assigned[1].decode()
    line = use.place.line - assigned.string.count(b"\n", assigned.end(1))
    owners = sorted(snapshot.structs.owners(path, line, name))
    members = snapshot.structs.members(path, owners[0], name) if len(owners) == 1 else None
    if members is None or len(members) != 1 or not members[0].place.path:
        return
    there = members[0].place
    for symbol in declarations(there.path, snapshot.tree.read(there.path) or b""):
        same_place = symbol.kind == "member" and (symbol.name, symbol.place) == (name, there)
        if same_place and symbol.signature is not None and says_parameters(symbol, snapshot):
            type_ = function_type(symbol.signature, typedefs)
            yield _Wanted(f"{owners[0]}.{name}", type_, members[0].condition)


def _pointed(type_: Type) -> Function | None:
    to = type_.to if isinstance(type_, Pointer) else None
    return to if isinstance(to, Function) else None
