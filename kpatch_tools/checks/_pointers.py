"""Turns re-signed functions that are handed on as pointers into misfits of types.

A variable that is declared with the function as its value, a local variable or a
member that it is assigned to, and an argument of a call. What a macro makes of its
argument is not looked at; tables are `incomplete-ops`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.checks._arguments import says_parameters
from kpatch_tools.checks._doubts import is_call, tokens_of
from kpatch_tools.checks._dropped import around
from kpatch_tools.checks._uses import Gap, Question, in_macro_body, questions
from kpatch_tools.checks._values import FUNCTIONS, alone, misfit
from kpatch_tools.checks._visible import sees
from kpatch_tools.condition import FALSE, Condition, all_of, any_of
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.csource.source_file import SourceFile
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

KINDS = frozenset({"address", "initialiser"})
# static int (*start)(struct item *item) = item_start;
DECLARED = re.compile(rb"[;{}\n]([^;{}=#]*?)=\s*&?\s*\Z")
# item->ops.start = item_start;
ASSIGNED = re.compile(rb"(?:->|\.)\s*(\w+)\s*=\s*&?\s*\Z")
FARTHEST = 600
UNTOLD = (
    "stale-signature cannot be decided: nothing tells which function type {name} is to have here"
)


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
        if change.kind == "resigned":
            resigned.setdefault(change.symbol, change.patch)
    for question in questions(case.review):
        use, declared = question.use, question.declared
        if use.symbol not in resigned or use.kind not in KINDS or not declared:
            continue
        if any(symbol.kind not in FUNCTIONS for symbol in declared):
            continue
        if in_macro_body(use, question.snapshot) or not alone(question):
            continue
        if all(says_parameters(symbol, question.snapshot) for symbol in declared):
            yield from _of_use(question, resigned[use.symbol])


def _of_use(question: Question, patch: int) -> Iterator[Finding | Skipped]:
    """What is wrong with the use of a function that `patch` re-signed first."""
    use, snapshot = question.use, question.snapshot
    typedefs = typedefs_of(use.place.path, snapshot.sight)
    told = tuple(_wanted(question, typedefs))
    if not told and use.kind == "address" and snapshot.number >= patch:
        yield Skipped(use.place, UNTOLD, use.symbol)
    for wanted in told:
        wrong = [s for s in question.declared if _differs(s, wanted.type_, typedefs)]
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


def _differs(symbol: Symbol, wanted: Function, typedefs: Typedefs) -> bool:
    assert symbol.signature is not None
    return same(function_type(symbol.signature, typedefs), wanted) is False


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
            yield from _of_argument(question, code, token, typedefs)


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


def _of_variable(question: Question, token: int, typedefs: Typedefs) -> Iterator[_Wanted]:
    """The type of the local variable that the function is assigned to."""
    use, snapshot = question.use, question.snapshot
    file = SourceFile(use.place.path, snapshot.tree.read(use.place.path) or b"")
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
