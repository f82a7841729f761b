"""A small report written by hand, for the tests of every format."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpatch_tools.condition import Atom, negate
from kpatch_tools.domain import (
    Answers,
    CallSite,
    Extraction,
    FileDiff,
    FileResult,
    Finding,
    Held,
    Hunk,
    Line,
    ModelRun,
    Patch,
    Place,
    Placed,
    Report,
    Series,
    Skipped,
    Step,
    TraceStep,
    Tree,
    TreeFile,
    Violated,
    Witness,
)

BEFORE = b"int a;\n\nint f(void)\n{\n\treturn g();\n}\n"
AFTER = b"int a;\n\nint f(void)\n{\n\tif (a)\n\t\treturn h();\n\treturn 0;\n}\n"
OFF = negate(Atom("CONFIG_H"))


@dataclass(frozen=True)
class OneFile:
    """A tree of one file."""

    content: bytes
    label: str = "a tree"

    def read(self, path: str) -> bytes | None:
        return self.content if path == "lib/f.c" else None

    def mode(self, path: str) -> int | None:
        return 0o100644 if path == "lib/f.c" else None

    def blob_id(self, path: str) -> str | None:
        return "0" * 40

    def paths(self) -> tuple[str, ...]:
        return ("lib/f.c",)

    def within(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in self.paths() if path.rpartition("/")[0] == folder)

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        return self.paths()

    def holding(self, text: str) -> tuple[str, ...]:
        return ()

    def beside(self, text: str, word: str) -> tuple[str, ...]:
        return ()

    def with_files(self, files: Mapping[str, TreeFile | None]) -> Tree:
        raise NotImplementedError


def line(text: str) -> Line:
    sign = text[0]
    assert sign in (" ", "-", "+")
    return Line(sign, text[1:].encode())


# @@ -2,5 +2,7 @@: numbers after the patch stand on the right
HUNK = Hunk(
    old_start=2,
    new_start=2,
    lines=(
        line(" "),  # 2
        line(" int f(void)"),  # 3
        line(" {"),  # 4
        line("-\treturn g();"),
        line("+\tif (a)"),  # 5
        line("+\t\treturn h();"),  # 6
        line("+\treturn 0;"),  # 7
        line(" }"),  # 8
    ),
)


def patch(message_id: str | None = "20160321.13@example.org") -> Patch:
    return Patch(
        number=2,
        subject="lib: call h instead of g",
        author="A. Author <author@example.org>",
        message_id=message_id,
        message="Why not.\n",
        diffs=(FileDiff("lib/f.c", "lib/f.c", (HUNK,)),),
        date="Mon, 21 Mar 2016 15:31:02 +0900",
        recipients=("list@example.org", "other@example.org"),
    )


def finding() -> Finding:
    return Finding(
        rule="undeclared-in-config",
        severity="error",
        evidence="proved",
        patch=2,
        place=Place("lib/f.c", 6),
        message="h is not declared where it is called",
        function="f",
        symbol="h",
        condition=OFF,
        witness=Witness(("# CONFIG_H is not set",), built_for="x86"),
        suggestion="guard the call",
        introduced_in=2,
        id="0123456789ab",
        meaning="89abcdef",
    )


def elsewhere() -> Finding:
    return Finding(
        rule="model-leak",
        severity="error",
        evidence="proved",
        patch=2,
        place=Place("lib/f.c", 1),
        message="in the model things: a thing is never freed",
        schedule="a1b2",
        subject="things: a thing is never freed",
        introduced_in=2,
        id="abcdef012345",
        meaning="01234567",
    )


def report(the_patch: Patch | None = None) -> Report:
    shown = the_patch or patch()
    placed = (Placed("lib/f.c", 1, 2, "exact"),)
    files = (FileResult("lib/f.c", "1" * 40, "2" * 40, "222222222222", "proved"),)
    trace = (
        TraceStep("one", "f", Place("lib/f.c", 5), "\tif (a)"),
        TraceStep("two", "f", Place("lib/f.c", 6), "\t\treturn h();"),
    )
    violated = Violated(
        "a thing is never freed", "model-leak", "a1b2", trace, 10, 20, Extraction(("f",))
    )
    return Report(
        series=Series("lib: h", 2, None, (shown,), total=3),
        base="a tree",
        steps=(Step(shown, OneFile(BEFORE), OneFile(AFTER), placed, files),),
        answers=Answers("proved", "refuted", "refuted"),
        verdict="refuted",
        findings=(finding(), elsewhere()),
        callsites=(
            CallSite(2, "g", "call", Place("lib/f.c", 5), None, "f", OFF, "routed", ("f", "h")),
        ),
        runs=(
            ModelRun(0, "things", Held(5, 6, Extraction(("f",), ("printk",)), ("weak memory",))),
            ModelRun(2, "things", violated),
        ),
        skipped=(Skipped(Place("lib/Makefile", 3), "$(shell ...) is never run"),),
    )
