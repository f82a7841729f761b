"""Turns one file of a patch into its diff, with each finding under its line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpatch_tools.domain import FileResult, Finding, Placed, Placement, Rejected
from kpatch_tools.reports._html.finding import card
from kpatch_tools.reports._html.numbering import Numbered, NumberedHunk
from kpatch_tools.reports._html.page import Page, ShownFile, ShownPatch, line_id
from kpatch_tools.reports._html.writing import (
    MINUS,
    NOTHING,
    SPACE,
    Html,
    code,
    counted,
    joined,
    tag,
    text,
)

# Lines of a hunk -> class that tells the browser its height before it is drawn.
HEIGHTS = (8, 16, 32, 64, 128, 256, 512)
SIGNS = {"+": "a", "-": "d", " ": "c"}
GRAVE = ("error", "warning", "note")
# heading of a finding in a file of a patch
LEVEL = 5

Pinned = Mapping[str, Sequence[Finding]]


def file_diff(page: Page, patch: ShownPatch, file: ShownFile, pinned: Pinned, opened: bool) -> Html:
    """The file with its hunks. `pinned`: id of a line or of a hunk -> what is found there."""
    head = tag("summary", tag("h4", code(_name(file))), SPACE, _told(patch, file))
    whole = [card(page, finding, LEVEL) for finding in pinned.get(file.key, ())]
    hunks = [_hunk(page, file, key, hunk, pinned) for key, hunk in file.keyed]
    return tag(
        "details",
        head,
        *whole,
        *(hunks or [tag("p", text(_without_hunks(patch, file)), class_="quiet")]),
        class_="file",
        id=file.key,
        open="" if opened else None,
    )


def _name(file: ShownFile) -> str:
    if file.old_path in (None, file.path):
        return file.path
    return f"{file.old_path} → {file.path}"


def _told(patch: ShownPatch, file: ShownFile) -> Html:
    """How much of the file changes, and what is known of the result."""
    lines = [line for hunk in file.hunks for line in hunk.lines]
    added = sum(line.sign == "+" for line in lines)
    removed = sum(line.sign == "-" for line in lines)
    parts = [text(f"+{added} {MINUS}{removed}")]
    parts += [text(part) for part in _results(patch.step.files, file)]
    return tag("span", joined(parts, text(" · ")), class_="told")


def _results(results: Iterable[FileResult], file: ShownFile) -> Iterator[str]:
    for result in results:
        if result.path == file.path:
            yield f"result {result.proof}"
            if result.blob_after is None:
                yield "deleted"
            if result.guessed:
                yield f"whitespace of {counted(len(result.guessed), 'line')} guessed"


def _without_hunks(patch: ShownPatch, file: ShownFile) -> str:
    diff = next(each for each in patch.step.patch.diffs if each.path == file.path)
    if diff.binary:
        return "a binary file: its content is not shown"
    return "no line changes: a rename, a copy, a mode, or an empty file"


def _hunk(page: Page, file: ShownFile, key: str, hunk: NumberedHunk, pinned: Pinned) -> Html:
    parts = [tag("div", code(hunk.header), SPACE, _placement(hunk.placement), class_="at", id=key)]
    parts += [card(page, finding, LEVEL) for finding in pinned.get(key, ())]
    run: list[Html] = []
    for line in hunk.lines:
        name = line_id(key, line)
        here = pinned.get(name, ()) if name is not None else ()
        run.append(code_line(line, name, gravest(here)))
        if here:
            parts.append(_listing(run))
            parts += [card(page, finding, LEVEL) for finding in here]
            run = []
    parts.append(_listing(run) if run else NOTHING)
    return tag("div", *parts, class_=f"hunk {_height(len(hunk.lines))}")


def gravest(findings: Iterable[Finding]) -> str:
    """The severity of the gravest; "" where there is none."""
    return min((finding.severity for finding in findings), key=GRAVE.index, default="")


def code_line(line: Numbered, name: str | None, hit: str) -> Html:
    """One line; its numbers stand in attributes, so that copied text has none.

    `hit`: the severity of what is found there, "" for nothing.
    """
    kind = SIGNS[line.sign] + (f" hit {hit}" if hit else "")
    old = f" data-o={line.old}" if line.old is not None else ""
    new = f" data-n={line.new}" if line.new is not None else ""
    known = f" id={name}" if name is not None else ""
    unended = "" if line.ended else "\n\\ No newline at end of file"
    # written out: a page has ten thousands of these
    return Html(
        f'<span class="{kind}"{known}{old}{new}>{line.sign}{text(line.text + unended)}\n</span>'
    )


def _listing(lines: Sequence[Html]) -> Html:
    return tag("pre", *lines, class_="diff")


def _placement(placement: Placement | None) -> Html:
    match placement:
        case None | Placed(outcome="exact"):
            return NOTHING
        case Placed():
            shift = f" {placement.offset:+d}" if placement.offset else ""
            fuzz = f", fuzz {placement.fuzz}" if placement.fuzz else ""
            said = f"{placement.outcome}{shift}{fuzz}, at line {placement.line}"
            return tag("span", text(said), class_="how")
        case Rejected():
            return tag(
                "span", text(f"rejected: {placement.reason}"), _misfit(placement), class_="how bad"
            )


def _misfit(placement: Rejected) -> Html:
    if not placement.expected and not placement.found:
        return NOTHING
    return joined(
        (
            text(f"; at line {placement.line} expected "),
            code(placement.expected.decode("utf-8", "replace")),
            text(", stands "),
            code(placement.found.decode("utf-8", "replace")),
        )
    )


def _height(lines: int) -> str:
    return next((f"h{most}" for most in HEIGHTS if lines <= most), f"h{HEIGHTS[-1]}")
