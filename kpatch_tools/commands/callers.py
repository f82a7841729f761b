"""Turns symbols and a tree into the text of `kpt callers`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kpatch_tools.base import named_tree
from kpatch_tools.cache import Cache
from kpatch_tools.commands.indexing import index_behind
from kpatch_tools.csource import audit
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.kbuild import configuration_of
from kpatch_tools.reports import Uses, audit_report, callers_report
from kpatch_tools.review.survey import survey

IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """The symbols that `kpt callers` is asked of, in which tree, and how to show them.

    `jobs`: how many processes read.
    """

    symbols: tuple[str, ...]
    tree: str | None
    form: str
    audit: bool
    jobs: int
    cache: Cache


@dataclass(frozen=True, slots=True)
class Shown:
    """A text and the exit code."""

    text: str
    exit_code: Exit


def callers(question: Question, progress: Progress) -> Shown:
    """Every use of the symbols, sorted by place, or their account; then what is not known."""
    names = _names(question.symbols)
    opened = named_tree(question.tree, question.cache)
    kbuild = configuration_of(opened, question.cache)
    progress("reading C")
    asked = (opened, names)
    index = survey(asked, kbuild.file_condition, question.cache, question.jobs)
    index_behind(opened, question.cache)
    use = Uses(index, tuple(sorted(names)), opened.label, kbuild.skipped)
    if not question.audit:
        return Shown(callers_report(use, question.form), Exit.PROVED)
    progress("counting words")
    account = audit(opened, names, index)
    code = Exit.PROVED if account.complete else Exit.INCOMPLETE
    return Shown(audit_report(use, account, question.form), code)


def _names(symbols: Iterable[str]) -> frozenset[str]:
    for symbol in symbols:
        if not IDENTIFIER.fullmatch(symbol):
            raise KptError(f"no symbol of C: {symbol!r}", "a SYMBOL is one identifier")
    return frozenset(symbols)
