"""Turns commits that a remote lacks into chains, each of which is judged as one series.

A chain is a line of commits without merges, each the parent of the next. It
is judged on the parent of its first commit: no commit that the remote has is
judged with it.

    A---a---b---M---c    the remote has A and D: a b on A, c on M; of the
     D---------/         merge M, which comes with what D has, nothing is judged
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chain:
    """Commits, oldest first, and the parent of the first; None where that is a root."""

    base: str | None
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Chains by their first commits, and the merges between them."""

    chains: tuple[Chain, ...]
    merges: tuple[str, ...]


def parts_of(parents: Mapping[str, tuple[str, ...]], judged: Collection[str] = ()) -> Parts:
    """The parts of commits given with their parents, oldest first, but for those judged already.

    Where two commits have the same parent, the chain goes on with the first.
    """
    merges = tuple(_merges(parents, judged))
    by_tip: dict[str, list[str]] = {}
    bases: list[tuple[str | None, list[str]]] = []
    for commit, own in parents.items():
        if commit in judged or len(own) > 1:
            continue
        chain = by_tip.pop(own[0], None) if own else None
        if chain is None:
            chain = []
            bases.append((own[0] if own else None, chain))
        chain.append(commit)
        by_tip[commit] = chain
    return Parts(tuple(Chain(base, tuple(chain)) for base, chain in bases), merges)


def _merges(parents: Mapping[str, tuple[str, ...]], judged: Collection[str]) -> Iterator[str]:
    return (commit for commit, own in parents.items() if len(own) > 1 and commit not in judged)
