"""Chooses the arms of #if chains that one parse can hold together.

All arms of a chain stay if each is whole in itself. Where an arm ends inside
a statement or opens more than it closes, the arms exclude each other in the
text too: the first stays, each other one gets a parse of its own.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from kpatch_tools.condition import FALSE, And, Atom, Condition
from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.regions import Arm, Chain, most_arms

ASSEMBLER_MACROS = ("__ASSEMBLY__", "__ASSEMBLER__", "LINKER_SCRIPT")
ENDS = frozenset(b";{}:,")

Span = tuple[int, int]


def parse_plans(code: bytes, chains: Iterable[Chain]) -> tuple[tuple[Span, ...], ...]:
    """What each parse leaves out; the first is the union. Chains come inner ones first.

    `code` has no directives. Every arm that is read (`most_arms`) is in at least one plan.
    """
    exclusive = tuple(_exclusive(code, chains))
    count = min(max((len(ways) for ways in exclusive), default=1), most_arms(len(code)))
    return tuple(
        tuple(span for ways in exclusive for span in _left_out(ways, plan)) for plan in range(count)
    )


Ways = list[list[Arm]]
"""Of one chain: sets of arms that a parse can hold, the best set first."""


def _exclusive(code: bytes, chains: Iterable[Chain]) -> Iterator[Ways]:
    """The chains that no parse can hold whole. An arm that is no C is kept apart."""
    text = code
    for chain in chains:
        alive = [arm for arm in chain.arms if not _is_apart(arm.condition)]
        dead = [arm for arm in chain.arms if _is_apart(arm.condition)]
        whole = len(alive) < 2 or _joinable(text, alive)
        if whole and not dead:
            continue
        ways = [alive] if whole else [[arm] for arm in alive]
        ways.extend([arm] for arm in dead)
        yield ways
        text = edited(text, (spaces(text, *span) for span in _left_out(ways, 0)))


@lru_cache(maxsize=1024)
def _is_apart(condition: Condition) -> bool:
    """Whether the text may be anything: never compiled, or for the assembler."""
    return condition == FALSE or for_assembler(condition)


def for_assembler(condition: Condition) -> bool:
    """Whether only the assembler or the linker script's preprocessor reads the text."""
    terms = condition.terms if isinstance(condition, And) else (condition,)
    return any(Atom(name) in terms for name in ASSEMBLER_MACROS)


def _left_out(ways: Ways, plan: int) -> Iterator[Span]:
    kept = min(plan, len(ways) - 1)
    for number, arms in enumerate(ways):
        if number != kept:
            yield from ((arm.start, arm.end) for arm in arms)


def _joinable(text: bytes, arms: list[Arm]) -> bool:
    """Whether the arms can stand one after the other where the chain begins."""
    before = text[max(0, arms[0].start - 2000) : arms[0].start].rstrip()[-1:]
    begun = before != b"" and before[0] not in ENDS
    return not begun and all(_whole(text[arm.start : arm.end]) for arm in arms)


def _whole(text: bytes) -> bool:
    """Whether the arm closes what it opens and ends where a statement or item may end."""
    if text.count(b"{") != text.count(b"}") or text.count(b"(") != text.count(b")"):
        return False
    bare = text.strip()
    if not bare:
        return True
    return bare[-1] in ENDS and not bare.startswith((b"}", b"else"))


def chosen_for(offset: int, chains: Iterable[Chain]) -> tuple[Span, ...]:
    """The spans to blank so that each chain keeps one arm, the one around `offset` if any."""
    spans: list[Span] = []
    for chain in chains:
        kept = next((arm for arm in chain.arms if arm.start <= offset < arm.end), None)
        if kept is None:
            kept = next((arm for arm in chain.arms if arm.condition != FALSE), None)
        spans.extend((arm.start, arm.end) for arm in chain.arms if arm is not kept)
    return tuple(spans)
