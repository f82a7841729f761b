"""Turns names and a tree into every use of them, or their account, as text."""

from kpatch_tools.commands.callers import Asked, Question, Shown
from kpatch_tools.commands.indexing import index_behind
from kpatch_tools.domain import Index, Progress
from kpatch_tools.errors import Exit
from kpatch_tools.kbuild import configuration_of
from kpatch_tools.reports import Uses, callers_report
from kpatch_tools.review.survey import survey, survey_ahead
from kpatch_tools.tree import RevisionTree


def answer(question: Question, asked: Asked, progress: Progress) -> Shown:
    """Every use of the names, sorted by place, or their account; then what is not known."""
    kbuild = configuration_of(asked.tree, question.cache)
    sought = (asked.tree, asked.names)
    if isinstance(asked.tree, RevisionTree) and asked.tree.searching:
        # while git looks for the names
        import kpatch_tools.csource.index  # noqa: F401 - slow to load

        kbuild.read_top()
        survey_ahead(sought, kbuild.file_condition, question.cache)
    index = survey(sought, kbuild.file_condition, question.cache, question.jobs, question.assistant)
    index_behind(asked.tree, question.cache)
    if not question.audit and any(each.kind == "member" for each in index.references):
        progress("telling the structs of members")
        index = _of_structs(index, question, asked)
    use = Uses(index, tuple(sorted(asked.names)), asked.tree.label, kbuild.skipped)
    if not question.audit:
        return Shown(callers_report(use, question.form), Exit.PROVED)
    progress("counting words")
    from kpatch_tools.csource.account import audit  # slow to load
    from kpatch_tools.reports import audit_report

    account = audit(asked.tree, asked.names, index)
    code = Exit.PROVED if account.complete else Exit.INCOMPLETE
    return Shown(audit_report(use, account, question.form), code)


def _of_structs(index: Index, question: Question, asked: Asked) -> Index:
    from kpatch_tools.review.member_owners import only_of, with_owners  # slow to load
    from kpatch_tools.review.reading import Reading

    told = with_owners(index, asked.tree, Reading(question.cache), asked.owners)
    return only_of(told, asked.owners)
