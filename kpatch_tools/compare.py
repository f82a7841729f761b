"""Turns the reports of two versions of a series into what is gone, what stays and what is new.

A finding stays where the new version has one of the same id. One whose line
was edited has another, and so has one whose function or file was renamed: it
stays where all else is the same, in the second case in patches that became each
other, and no other finding of either version could be meant.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from kpatch_tools.commits import author_of, changed_files, file_of, message_of, touched
from kpatch_tools.domain import Aligned, Finding, Gone, Report, Since, Step
from kpatch_tools.git import Author, PatchChange, SeriesVersion, aligned

NOBODY = Author("nobody", "nobody")
Key = tuple[str | int | None, ...]


def compare(old: Report, new: Report) -> Since:
    """What became of the findings of the old version. KptError where git cannot align the two."""
    patches = _aligned(old.steps, new.steps)
    before, after = _own(old), _own(new)
    stays, before, after = _of_one_identity(before, after)
    became = {each.old: each.new for each in patches if each.old is not None}
    edited, before, after = _alone(before, after, _kinds(before), _kinds(after))
    moved, before, after = _alone(before, after, _uses(before, became), _uses(after))
    order = {finding.id: place for place, finding in enumerate(new.findings)}
    known = {finding.id for finding in new.findings if finding.preexisting}
    return Since(
        title=_title(old),
        patches=patches,
        gone=tuple(Gone(finding, _why(finding, patches, known)) for finding in before),
        stays=tuple(sorted((*stays, *edited, *moved), key=lambda pair: order[pair[1].id])),
        new=tuple(after),
    )


def _title(report: Report) -> str:
    series = report.series
    return f"v{series.version}: {series.title}" if series.version else series.title


def _own(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if not finding.preexisting]


def _of_one_identity(
    old: Iterable[Finding], new: Iterable[Finding]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """Pairs of the same id, in order; what is left of both."""
    ids: dict[str, tuple[list[Finding], list[Finding]]] = {}
    for side, findings in enumerate((old, new)):
        for finding in findings:
            ids.setdefault(finding.id, ([], []))[side].append(finding)
    stays, gone, come = [], [], []
    for one, other in (pair for sides in ids.values() for pair in zip_longest(*sides)):
        if one is None:
            come.append(other)
        elif other is None:
            gone.append(one)
        else:
            stays.append((one, other))
    return stays, gone, come


def _kinds(findings: Iterable[Finding]) -> list[Key]:
    """What each is about, whatever its line says."""
    return [(finding.kind,) for finding in findings]


def _uses(findings: Iterable[Finding], became: Mapping[int, int | None] | None = None) -> list[Key]:
    """Which use of what each is about, in which patch of the new version, wherever it stands."""

    def patch(finding: Finding) -> int | None:
        number = finding.introduced_in
        return number if became is None else became.get(number)

    return [(f.rule, f.symbol, f.id.removeprefix(f.kind), f.meaning, patch(f)) for f in findings]


def _alone(
    old: list[Finding], new: list[Finding], old_keys: list[Key], new_keys: list[Key]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    """Pairs of what has its key alone on both sides; what is left of both."""
    times = Counter(old_keys), Counter(new_keys)
    both = {key for key in old_keys if times[0][key] == times[1][key] == 1}
    news = {key: finding for key, finding in zip(new_keys, new, strict=True) if key in both}
    olds = list(zip(old_keys, old, strict=True))
    return (
        [(finding, news[key]) for key, finding in olds if key in both],
        [finding for key, finding in olds if key not in both],
        [finding for key, finding in zip(new_keys, new, strict=True) if key not in both],
    )


def _why(finding: Finding, patches: Sequence[Aligned], known: set[str]) -> str:
    if finding.id in known:
        return "the base has it now"
    dropped = any(each.old == finding.introduced_in and each.new is None for each in patches)
    return f"patch {finding.introduced_in} was dropped" if dropped else ""


def _aligned(old: tuple[Step, ...], new: tuple[Step, ...]) -> tuple[Aligned, ...]:
    pairs = aligned(_version(old), _version(new))
    return tuple(
        Aligned(
            None if one is None else old[one].patch.number,
            None if other is None else new[other].patch.number,
            same,
        )
        for one, other, same in pairs
    )


def _version(steps: tuple[Step, ...]) -> SeriesVersion:
    paths = dict.fromkeys(path for step in steps for path in touched(step))
    files = {path: file_of(path, steps[0].before) for path in paths}
    before = {path: file for path, file in files.items() if file is not None}
    changes = (
        PatchChange(changed_files(step), message_of(step.patch), author_of(step.patch) or NOBODY)
        for step in steps
    )
    return SeriesVersion(before, tuple(changes))
