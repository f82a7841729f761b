"""Turns an old version of a series against this one into lines of text."""

from collections.abc import Iterator

from kpatch_tools.domain import Aligned, Finding, Since
from kpatch_tools.reports._wrapping import wrapped

INDENT = "    "


def since_lines(since: Since | None) -> Iterator[str]:
    """Patches as `git range-diff` pairs them; findings that are gone, stay, or are new."""
    if since is None:
        return
    yield from wrapped(f"SINCE {since.title}", "")
    yield from wrapped("patches " + ", ".join(map(_pair, since.patches)), "  ")
    yield f"  gone: {len(since.gone)}"
    for gone in since.gone:
        yield from _finding(gone.finding, gone.why)
    yield f"  stays: {len(since.stays)}"
    for old, new in since.stays:
        moved = new.place.path != old.place.path or new.function != old.function
        yield from _finding(new, f"was {_where(old)}" if moved else "")
    yield f"  new: {len(since.new)}"
    for finding in since.new:
        yield from _finding(finding, "")


def _pair(pair: Aligned) -> str:
    """`1 = 1`, `2 ! 3`, `4 dropped`, `5 new`."""
    if pair.new is None:
        return f"{pair.old} dropped"
    if pair.old is None:
        return f"{pair.new} new"
    return f"{pair.old} {'=' if pair.same else '!'} {pair.new}"


def _finding(finding: Finding, remark: str) -> Iterator[str]:
    why = f" ({remark})" if remark else ""
    excuse = f", {finding.excuse.kind}" if finding.excuse else ""
    text = f"{finding.severity}{excuse}: {_where(finding)}: [{finding.rule}] {finding.message}{why}"
    yield from wrapped(text, INDENT)


def _where(finding: Finding) -> str:
    inside = f" in {finding.function}" if finding.function else ""
    return f"{finding.place.path}:{finding.place.line}{inside}"
