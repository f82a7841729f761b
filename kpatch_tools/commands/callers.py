"""Turns symbols and a tree into the text of `kpt callers`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpatch_tools.base import named_tree
from kpatch_tools.cache import Cache
from kpatch_tools.commands.indexing import index_behind
from kpatch_tools.csource import audit
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.kbuild import configuration_of
from kpatch_tools.reports import Uses, audit_report, callers_report
from kpatch_tools.review.member_owners import members_asked, only_of, with_owners
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.survey import survey

# struct item.state
SYMBOL = re.compile(r"(?:(?:struct |union )?(?:[A-Za-z_]\w*\.)+)?[A-Za-z_]\w*", re.ASCII)


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
    names, owners = _names(question.symbols)
    opened = named_tree(question.tree, question.cache)
    kbuild = configuration_of(opened, question.cache)
    progress("reading C")
    asked = (opened, names)
    index = survey(asked, kbuild.file_condition, question.cache, question.jobs)
    index_behind(opened, question.cache)
    if not question.audit and any(each.kind == "member" for each in index.references):
        progress("telling the structs of members")
        index = only_of(with_owners(index, opened, Reading(question.cache), owners), owners)
    use = Uses(index, tuple(sorted(names)), opened.label, kbuild.skipped)
    if not question.audit:
        return Shown(callers_report(use, question.form), Exit.PROVED)
    progress("counting words")
    account = audit(opened, names, index)
    code = Exit.PROVED if account.complete else Exit.INCOMPLETE
    return Shown(audit_report(use, account, question.form), code)


def _names(symbols: Iterable[str]) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """The names, and the structs of members that are asked for by their struct."""
    asked = tuple(symbols)
    for symbol in asked:
        if not SYMBOL.fullmatch(symbol):
            hint = "a SYMBOL is one identifier, or `struct NAME.MEMBER`"
            raise KptError(f"no symbol of C: {symbol!r}", hint)
    return members_asked(asked)
