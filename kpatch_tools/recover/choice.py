"""Turns named spaces into a ranked choice between them.

A choice offers distinct spaces (indents, or the gap between two words), each
for one or more reasons: the names that mean it here. The likelihood of an
option is a softmax over the summed weights of its names in each of the
contexts that hold; the weights are learned (see weights).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Table = Mapping[str, Mapping[str, float]]


class Recall(NamedTuple):
    """Names that held, and names that did not, when a choice of this sort was last seen.

    `source` tells who is remembered: the text nearby, the author, a removed line.
    """

    source: str
    held: frozenset[str]
    failed: frozenset[str]


class Choice(NamedTuple):
    """`contexts` are what is known here, most special first; `spaces` name -> space."""

    contexts: Sequence[str]
    spaces: Mapping[str, str]
    recalls: Sequence[Recall] = ()


class Option(NamedTuple):
    """A space and its cost: minus the log of its likelihood."""

    cost: float
    space: str


def recalled(
    source: str, habit: str, names: tuple[frozenset[str], frozenset[str]] | None
) -> Iterator[Recall]:
    """What a source remembers of a habit (if anything), for this habit and in general."""
    if names is not None:
        yield Recall(f"{source} {habit}", *names)
        yield Recall(source, *names)


def reasons(choice: Choice) -> dict[str, list[tuple[str, str]]]:
    """Every (context, name) that speaks for or against each distinct space."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, space in choice.spaces.items():
        listed = found.setdefault(space, [])
        listed.extend((context, name) for context in choice.contexts)
        for recall in choice.recalls:
            if name in recall.held:
                listed.append((recall.source + "+", name))
            elif name in recall.failed:
                listed.append((recall.source + "-", name))
    return found


def ranked(choice: Choice, table: Table) -> list[Option]:
    """The options, likeliest first; equal ones in the order of their spaces."""
    scores: dict[str, float] = {}
    tables = [table[context] for context in choice.contexts if context in table]
    recalled = [
        (recall, table.get(recall.source + "+", {}), table.get(recall.source + "-", {}))
        for recall in choice.recalls
    ]
    for name, space in choice.spaces.items():
        score = scores.get(space, 0.0)
        for weights in tables:
            score += weights.get(name, 0.0)
        for recall, held, failed in recalled:
            if name in recall.held:
                score += held.get(name, 0.0)
            elif name in recall.failed:
                score += failed.get(name, 0.0)
        scores[space] = score
    best = max(scores.values())
    total = best + math.log(sum(math.exp(score - best) for score in scores.values()))
    return sorted(Option(total - score, space) for space, score in scores.items())
