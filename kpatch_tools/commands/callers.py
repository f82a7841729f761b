"""Turns symbols and a tree into the text of `kpt callers`.

Git looks for the names while what reads C is loaded.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Progress, Tree
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.review.assistant import Reader
from kpatch_tools.tree import RevisionTree, named_tree

# struct item.state
SYMBOL = re.compile(r"(?:(?:struct |union )?(?:[A-Za-z_]\w*\.)+)?[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """The symbols that `kpt callers` is asked of, in which tree, and how to show them.

    `jobs`: how many processes read; `assistant`: one that is ready soon.
    """

    symbols: tuple[str, ...]
    tree: str | None
    form: str
    audit: bool
    jobs: int
    cache: Cache
    assistant: Reader | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The tree, the names, and by member the structs it is asked of."""

    tree: Tree
    names: frozenset[str]
    owners: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A text and the exit code."""

    text: str
    exit_code: Exit


def callers(question: Question, progress: Progress) -> Shown:
    """Every use of the symbols, sorted by place, or their account; then what is not known."""
    names, owners = _names(question.symbols)
    opened = named_tree(question.tree, question.cache)
    if isinstance(opened, RevisionTree):
        opened.expect(names)
        if opened.searching and question.assistant is not None:
            # git needs all processors
            question.assistant.dismiss()
    progress("reading C")
    from kpatch_tools.commands.answering import answer  # slow to load

    return answer(question, Asked(opened, names, owners), progress)


def _names(symbols: Iterable[str]) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The names, and the structs of members spelled `struct item.state`."""
    names: set[str] = set()
    owners: dict[str, set[str]] = {}
    for symbol in symbols:
        if not SYMBOL.fullmatch(symbol):
            hint = "a SYMBOL is one identifier, or `struct NAME.MEMBER`"
            raise KptError(f"no symbol of C: {symbol!r}", hint)
        owner, _, name = symbol.removeprefix("struct ").removeprefix("union ").rpartition(".")
        names.add(name)
        if owner:
            owners.setdefault(name, set()).add(owner)
    return frozenset(names), {name: frozenset(found) for name, found in owners.items()}
