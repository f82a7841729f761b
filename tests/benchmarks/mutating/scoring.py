"""Turns what became of mutants into the score, beside why each survivor survives."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutating.operators import Change

SURVIVORS = Path(__file__).parent.parent / "mutation-survivors.txt"
SHOWN = 72
NONE = ("refused", "unchanged")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file. `name` is stable as long as the line and its change are."""

    path: str
    function: str
    line: int
    change: Change
    was: str

    @property
    def name(self) -> str:
        was, now = (shortened(text) for text in (self.was, self.change.new))
        return f"{self.path}:{self.line} {self.function} {self.change.operator}: {was} => {now}"


def shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}..."


@dataclass(frozen=True, slots=True)
class Verdict:
    """killed, equivalent, unseen, survived; refused or unchanged to the compiler; and by what."""

    mutant: Mutant
    kind: str
    why: str


def explained() -> dict[str, str]:
    """Survivor -> why it survives: in the file a line with its name, then indented lines."""
    found: dict[str, str] = {}
    name = ""
    for line in SURVIVORS.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            found[name] += line.strip() + " "
        elif line and not line.startswith("#"):
            name = line
            found[name] = ""
    return found


def report(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield from sorted(f"{v.kind:10} {v.mutant.name}\n           {v.why}" for v in verdicts)
    yield ""
    refused = Counter(v.kind for v in verdicts if v.kind in NONE)
    yield f"{refused['refused']} do not compile, {refused['unchanged']} are the same object code"
    judged = [verdict for verdict in verdicts if verdict.kind not in NONE]
    yield from score("all", judged)
    yield from score(
        "without neighbours that do not depend on each other",
        [verdict for verdict in judged if verdict.mutant.change.operator != "commuted"],
    )
    told = explained()
    left = {verdict.mutant.name for verdict in judged if verdict.kind == "survived"}
    yield from sorted(f"not explained: {name}" for name in left - told.keys())
    known = {verdict.mutant.name for verdict in verdicts}
    stale = (told.keys() & known) - left
    yield from sorted(f"explained, but it does not survive: {name}" for name in stale)


def score(what: str, judged: Sequence[Verdict]) -> Iterator[str]:
    operators = Counter(verdict.mutant.change.operator for verdict in judged)
    kinds = Counter(verdict.kind for verdict in judged)
    same = kinds["equivalent"] + kinds["unseen"]
    others = len(judged) - same
    counts = ", ".join(f"{count} {name}" for name, count in sorted(operators.items()))
    yield f"{what}: {len(judged)} mutants ({counts})"
    if judged and others:
        by = f"{kinds['equivalent']} by the graph, {kinds['unseen']} by the reduced one alone"
        yield f"    {same} equivalent ({same / len(judged):.1%} of them): {by}"
        killed = kinds["killed"]
        yield f"    {killed} of the {others} others killed ({killed / others:.1%})"
        strictly = others + kinds["unseen"]
        yield f"    by the graph alone: {killed} of {strictly} ({killed / strictly:.1%})"
