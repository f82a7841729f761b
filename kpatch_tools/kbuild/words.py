"""The words of a Makefile's variable, each with the condition under which it is there.

`$(CONFIG_X)` is the word y under `CONFIG_X`, m under `CONFIG_X_MODULE`, and
nothing otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of


@dataclass(frozen=True, slots=True)
class Word:
    """One word. An opaque one stands for what only the build machine knows."""

    text: str
    condition: Condition = TRUE
    opaque: bool = False


Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One assignment to a variable: text to be expanded later, or words."""

    condition: Condition
    text: str = ""
    words: Words = ()


Variables = Mapping[str, tuple[Part, ...]]


def present(words: Words) -> Condition:
    """When at least one of the words is there."""
    return any_of(*(word.condition for word in words if word.text))


def under(condition: Condition, words: Words) -> Iterator[Word]:
    """The words, there only where the condition holds too."""
    if condition is TRUE:
        yield from (w for w in words if w.condition is TRUE or w.condition != FALSE)
        return
    for word in words:
        both = all_of(condition, word.condition)
        if both != FALSE:
            yield Word(word.text, both, word.opaque)
