"""How long a large page takes: a made series of 30 patches and 10,000 diff lines in Chromium.

Run as: python tests/benchmarks/html_page.py [--keep FILE] [--runs N]

The series is the same every time: each patch rewrites parts of some files, every
tenth hunk has a finding, every patch has call sites with routes, every third one a
violation of 120 steps. Printed: the size of the page, the time to render it, and
from the start of the navigation to first paint and to the end of `load`.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kpatch_tools.apply import apply_patch
from kpatch_tools.condition import Atom
from kpatch_tools.domain import (
    Answers,
    CallSite,
    Extraction,
    FileDiff,
    Finding,
    Hunk,
    Line,
    ModelRun,
    Patch,
    Place,
    Report,
    Series,
    Step,
    TraceStep,
    Tree,
    Violated,
)
from kpatch_tools.reports import html
from tests.browser import CHROMIUM
from tests.memory_tree import MemoryTree

PATCHES = 30
FILES = 4
HUNKS = 6
CHANGED = 3
CONTEXT = 3
GAP = 40
RULES = ("stale-reference", "undeclared-in-config", "stale-stub", "model-leak")


def files() -> dict[str, str]:
    """The base: files of C long enough for the hunks of each patch."""
    lines = HUNKS * GAP + GAP
    return {
        f"drivers/made/part{number}.c": "".join(
            f"\tstep_{line}(device, &state->queue[{line % 7}]);\n" for line in range(1, lines + 1)
        )
        for number in range(PATCHES * FILES)
    }


def hunk(path: str, tree: Tree, first: int) -> Hunk:
    """Three lines become six, with three of context on each side."""
    content = tree.read(path)
    assert content is not None
    stood = content.split(b"\n")[first - 1 : first - 1 + CHANGED + 2 * CONTEXT]
    middle = stood[CONTEXT:-CONTEXT]
    made = [
        *(Line(" ", text) for text in stood[:CONTEXT]),
        *(Line("-", text) for text in middle),
        *(Line("+", b"\tif (state->ready)") for _ in middle),
        *(Line("+", b"\t" + text + b" /* <checked> */") for text in middle),
        *(Line(" ", text) for text in stood[-CONTEXT:]),
    ]
    return Hunk(first, first, tuple(made), b"static int made_step(struct device *device)")


def steps() -> Iterator[Step]:
    tree: Tree = MemoryTree(files())
    for number in range(1, PATCHES + 1):
        paths = [f"drivers/made/part{number * FILES - each}.c" for each in range(1, FILES + 1)]
        diffs = tuple(
            FileDiff(path, path, tuple(hunk(path, tree, 10 + GAP * n) for n in range(HUNKS)))
            for path in paths
        )
        subject = f"made: part {number} asks whether the state is ready"
        patch = Patch(number, subject, "A. Maker <maker@example.org>", None, "Why not.\n", diffs)
        step = apply_patch(patch, tree)
        tree = step.after
        yield step


def findings(made: list[Step]) -> Iterator[Finding]:
    for step in made:
        for ordinal, diff in enumerate(step.patch.diffs):
            number = step.patch.number
            yield Finding(
                rule=RULES[(number + ordinal) % len(RULES)],
                severity="error" if ordinal % 2 else "warning",
                evidence="found",
                patch=number,
                place=Place(diff.path, 14 + GAP * (ordinal % HUNKS)),
                message=f"step_{ordinal} is used here, where nothing declares it",
                function="made_step",
                condition=Atom("CONFIG_MADE"),
                introduced_in=number,
                id=f"{number:06x}{ordinal:06x}",
            )


def callsites(made: list[Step]) -> Iterator[CallSite]:
    for step in made:
        for ordinal, diff in enumerate(step.patch.diffs):
            route = (f"caller_{ordinal}", "dispatch", "device->ops->step", "made_step via made_ops")
            yield CallSite(
                step.patch.number,
                "made_step",
                "call",
                Place(diff.path, 13),
                None,
                f"caller_{ordinal}",
                Atom("CONFIG_MADE"),
                "routed",
                route,
            )


def runs(made: list[Step]) -> Iterator[ModelRun]:
    for step in made[::3]:
        path = step.patch.diffs[0].path
        trace = tuple(
            TraceStep(
                f"thread-{n // 20 % 3 + 1}",
                "made_step",
                Place(path, 10 + n),
                f"\tstep_{n}(device);",
                "write of 8 bytes (state.ready)",
                (f"state.ready: {n} -> {n + 1}",),
            )
            for n in range(120)
        )
        found = Violated("a thing is lost", "model-leak", "A1B2", trace, 10, 20, Extraction())
        yield ModelRun(step.patch.number, f"made-{step.patch.number}", found)


def report() -> Report:
    made = list(steps())
    return Report(
        series=Series("made: a large series", 1, None, tuple(s.patch for s in made), PATCHES),
        base="a made tree",
        steps=tuple(made),
        answers=Answers("proved", "refuted", "refuted"),
        verdict="refuted",
        findings=tuple(findings(made)),
        callsites=tuple(callsites(made)),
        runs=tuple(runs(made)),
        skipped=(),
    )


def loads(page: Path, times: int) -> Iterator[tuple[float, float]]:
    """First paint and end of load, in seconds; a browser of its own for each."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        for _ in range(times):
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM
            )
            opened = browser.new_page(viewport={"width": 1400, "height": 1000})
            opened.goto(page.as_uri())
            opened.wait_for_function("performance.getEntriesByType('paint').length > 0")
            painted, loaded = opened.evaluate(
                "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
                " performance.getEntriesByType('navigation')[0].loadEventEnd]"
            )
            browser.close()
            yield painted / 1000, loaded / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    given = report()
    lines = sum(len(h.lines) for step in given.steps for d in step.patch.diffs for h in d.hunks)
    begun = time.perf_counter()
    text = html.render(given)
    rendered = time.perf_counter() - begun
    file = asked.keep or Path(tempfile.mkdtemp()) / "page.html"
    file.write_text(text, encoding="utf-8")
    print(f"{len(given.steps)} patches, {lines:,} diff lines, {len(given.findings)} findings")
    print(f"page      {len(text.encode()) / 1e6:.2f} MB, rendered in {rendered:.2f} s")
    measured = list(loads(file, asked.runs))
    for name, times in zip(("painted", "loaded"), zip(*measured, strict=True), strict=True):
        print(f"{name:<9} median {statistics.median(times):.2f} s, worst {max(times):.2f} s")


if __name__ == "__main__":
    main()
