"""Turns the reports of two versions of a series into what is gone, what stays and what is new.

A finding stays where the new version has one of the same identity. One whose
function or file was renamed between the versions has another: it stays where
rule, symbol and meaning are the same, in patches that became each other, and
no other finding of either version could be meant.
"""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from kpatch_tools.commits import author_of, changed_files, file_of, message_of, touched
from kpatch_tools.domain import Aligned, Finding, Gone, Report, Since, Step
from kpatch_tools.git import Author, PatchChange, SeriesVersion, aligned

NOBODY = Author("nobody", "nobody")
Key = tuple[str, str, str, int | None]


def compare(old: Report, new: Report) -> Since:
    """What became of the findings of the old version. KptError where git cannot align the two."""
    patches = _aligned(old.steps, new.steps)
    before, after = _own(old), _own(new)
    stays, before, after = _of_one_identity(before, after)
    moved, before, after = _of_one_kind(before, after, patches)
    known = {finding.id for finding in new.findings if finding.preexisting}
    return Since(
        title=_title(old),
        patches=patches,
        gone=tuple(Gone(finding, _why(finding, patches, known)) for finding in before),
        stays=tuple(sorted((*stays, *moved), key=lambda pair: new.findings.index(pair[1]))),
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


def _of_one_kind(
    old: list[Finding], new: list[Finding], patches: Sequence[Aligned]
) -> tuple[list[tuple[Finding, Finding]], list[Finding], list[Finding]]:
    became = {each.old: each.new for each in patches if each.old is not None}
    one = _only({id(f): _key(f, became.get(f.introduced_in)) for f in old})
    other = _only({id(f): _key(f, f.introduced_in) for f in new})
    places = {id(finding): finding for finding in (*old, *new)}
    pairs = {one[key]: other[key] for key in one if key in other and key[3] is not None}
    moved = [(places[a], places[b]) for a, b in pairs.items()]
    gone = [finding for finding in old if id(finding) not in pairs]
    taken = set(pairs.values())
    return moved, gone, [finding for finding in new if id(finding) not in taken]


def _key(finding: Finding, patch: int | None) -> Key:
    return finding.rule, finding.symbol, finding.meaning, patch


def _only(keys: dict[int, Key]) -> dict[Key, int]:
    """What has its key alone, by key."""
    times: dict[Key, list[int]] = {}
    for name, key in keys.items():
        times.setdefault(key, []).append(name)
    return {key: names[0] for key, names in times.items() if len(names) == 1}


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
