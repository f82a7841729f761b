"""Narrows a gap to what can be claimed: macros around the use may drop it.

An argument of a function is compiled with the call, one of a macro where no
definition in force drops it (`_dropped`). A name that nothing in sight declares
may be anything.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpatch_tools.checks._dropped import Argument, around, may_drop
from kpatch_tools.checks._included import includers
from kpatch_tools.checks._uses import Gap
from kpatch_tools.checks._visible import sees
from kpatch_tools.condition import FALSE, Condition, all_of, any_of, negate
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Reference, Snapshot, Symbol, Witness
from kpatch_tools.review.cover import certain, kernel, thinkable

NOT_CALLS = frozenset((
    "if", "while", "for", "switch", "return", "sizeof", "typeof", "__typeof__", "__typeof",
    "asm", "__asm__", "volatile", "__volatile__", "goto", "case", "else", "do",
    "__alignof__", "_Alignof", "_Static_assert", "__attribute__",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a gap can neither be claimed nor dropped."""

    reason: str


# All else of the gap is certain.
UNBUILT = Doubt("no Makefile tells when the file is compiled")


def narrowed(gap: Gap) -> Gap | Doubt | None:
    """The part of the gap that is certain; None where a macro drops the use there."""
    snapshot, use = gap.question.snapshot, gap.question.use
    if gap.unless:
        return Doubt(f"{use.symbol}: it is not known whether {', '.join(gap.unless)} is defined")
    if gap.untold:
        return Doubt(f"{use.symbol}: it is not known whether {', '.join(gap.untold)}")
    if _is_from_elsewhere(gap):
        where = gap.question.declared[0].place.path
        return Doubt(
            f"{use.symbol} is declared in {where}, which {use.place.path} does not include"
        )
    for skip in snapshot.sight.doubts(use.place.path, use.symbol):
        return Doubt(f"{use.symbol} {skip.reason}")
    left = compiled_in(gap, dict.fromkeys(_around(use, snapshot)))
    if isinstance(left, Gap) and not use.place.path.endswith(".c"):
        left = _in_a_source(left)
    if isinstance(left, Gap):
        left = of_architecture(use, left.witness, snapshot, left.question.declared) or left
    return UNBUILT if isinstance(left, Gap) and is_unbuilt(use, snapshot) else left


def is_unbuilt(use: Reference, snapshot: Snapshot) -> bool:
    """Whether the use is in a source of which no Makefile tells when it is compiled."""
    path = use.place.path
    return path.endswith(".c") and not snapshot.configuration.knows(path)


def _in_a_source(gap: Gap) -> Gap | Doubt:
    """The gap of a header, with a configuration in which a source includes it."""
    snapshot, path = gap.question.snapshot, gap.question.use.place.path
    for _, included in includers(path, snapshot):
        sure = certain(all_of(gap.condition, included))
        witness = None if sure == FALSE else snapshot.configuration.witness(sure)
        if witness is not None:
            return replace(gap, witness=witness)
    return Doubt(f"no source was found that includes {path} and is compiled there")


def compiled_in(gap: Gap, arguments: Iterable[Argument]) -> Gap | Doubt | None:
    """The part of the gap in which the calls around the use keep what they are given."""
    use, sight = gap.question.use, gap.question.snapshot.sight
    path = use.place.path
    known = tuple(arguments)
    for each in known:
        if not each.is_member and not sight.declared(path, each.name):
            return Doubt(f"{use.symbol} is an argument of {each.name}, which is not in sight")
    dropped = any_of(*(may_drop(each, path, sight) for each in known))
    return gap if dropped == FALSE else _within(gap, negate(dropped))


def _is_from_elsewhere(gap: Gap) -> bool:
    """Whether the tree declares the name, but nothing that the use's file includes does.

    A header may have it from whoever includes it.
    """
    question = gap.question
    path, name = question.use.place.path, question.use.symbol
    if not question.declared or question.snapshot.sight.declared(path, name):
        return False
    return not sees(question.use, question.declared, question.snapshot)


def unseen(gap: Gap) -> Gap | Doubt | None:
    """The same of a name without declaration, which an include that leads nowhere may have.

    Where a declaration stands and does not fit, another one would not mend it.
    What a source defines for itself alone no header declares beside it.
    """
    use = gap.question.use
    left = narrowed(gap)
    if isinstance(left, Gap) and not any(_is_own(each, use) for each in gap.question.declared):
        for header in gap.question.snapshot.sight.unresolved(use.place.path):
            return Doubt(f"{use.symbol} may be declared by {header}, which is not in the tree")
    return left


def _is_own(symbol: Symbol, use: Reference) -> bool:
    """Whether the use's own .c file defines it, static: no macro, which may be defined twice."""
    path = use.place.path
    if symbol.place.path != path or not path.endswith(".c") or symbol.kind == "macro":
        return False
    static = symbol.signature is not None and symbol.signature.static
    return static or (symbol.kind == "variable" and "static" in symbol.text.split())


def of_architecture(
    use: Reference, witness: Witness, snapshot: Snapshot, known: tuple[Symbol, ...] = ()
) -> Doubt | None:
    """Doubt where a header of the witness's architecture, which sight did not read, has the name.

    Sight reads the headers of one architecture, for files below arch/ of their own.
    A header all of whose declarations of it are known has no other.
    """
    folder = f"arch/{witness.architecture}/"
    if not witness.architecture or use.place.path.startswith("arch/"):
        return None
    for path in snapshot.tree.naming(frozenset((use.symbol,))):
        if not path.startswith(folder) or not path.endswith(".h"):
            continue
        places = {s.place for s in snapshot.sight.symbols(path) if s.name == use.symbol}
        if not places or places - {symbol.place for symbol in known}:
            return Doubt(f"{use.symbol} may be declared by {path}")
    return None


def _within(gap: Gap, kept: Condition) -> Gap | Doubt | None:
    """The gap where macros keep the use for certain; None where all drop it."""
    snapshot, use = gap.question.snapshot, gap.question.use
    both = all_of(gap.condition, kept)
    sure = certain(both)
    witness = None if sure == FALSE else snapshot.configuration.witness(sure)
    if witness is not None:
        return replace(gap, condition=sure, witness=witness)
    if thinkable(kernel(both), snapshot.configuration):
        return Doubt(f"{use.symbol} is an argument of a macro that may drop it")
    return None


def _around(use: Reference, snapshot: Snapshot) -> Iterator[Argument]:
    """What is called with the use in its arguments, innermost first."""
    code = scrub(snapshot.tree.read(use.place.path) or b"")
    for token in tokens_of(code, use):
        yield from filter(is_call, around(code, token))


def is_call(argument: Argument) -> bool:
    """Whether the parentheses are those of a function or macro."""
    return argument.name not in NOT_CALLS and not argument.name.startswith("__builtin_")


def tokens_of(code: bytes, use: Reference) -> Iterator[int]:
    """Offsets of the name on the line of the use."""
    start = 0
    for _ in range(use.place.line - 1):
        start = code.find(b"\n", start) + 1
    end = code.find(b"\n", start)
    word = re.compile(rb"\b" + use.symbol.encode() + rb"\b")
    for match in word.finditer(code, start, len(code) if end < 0 else end):
        yield match.start()
