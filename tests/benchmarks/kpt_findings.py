"""What `kpt verify` says of one patch, as its JSON has it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MAIN = "import sys; from kpatch_tools.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding; `lines` are its own and those of its related uses in the same file."""

    rule: str
    severity: str
    path: str
    line: int
    function: str
    symbol: str
    condition: str
    witness: tuple[str, ...]
    related: tuple[tuple[str, int], ...]
    message: str

    @property
    def lines(self) -> frozenset[int]:
        return frozenset({self.line, *(line for path, line in self.related if path == self.path)})


@dataclass(frozen=True, slots=True)
class Said:
    """All findings that the patch brought, and what was skipped: (path, line, symbol, reason)."""

    findings: tuple[Told, ...]
    skipped: tuple[tuple[str, int, str], ...]

    @property
    def errors(self) -> tuple[Told, ...]:
        return tuple(found for found in self.findings if found.severity == "error")


def verified(patch: Path, tree: Path) -> Said:
    """Run kpt on the patch; RuntimeError where it fails."""
    arguments = ["verify", str(patch), "--tree", str(tree), "--model", "off", "--format", "json"]
    command = ["nice", "-n4", sys.executable, "-c", MAIN, *arguments]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in {0, 1, 5}:
        raise RuntimeError(f"kpt verify {patch}: exit {run.returncode}: {run.stderr[-800:]}")
    report = json.loads(run.stdout)
    findings = tuple(
        Told(
            each["rule"],
            each["severity"],
            each["path"],
            each["line"],
            each["function"],
            each["symbol"],
            each["condition"],
            tuple(each["witness"]),
            tuple((other["path"], other["line"]) for other in each["related"]),
            each["message"],
        )
        for each in report["findings"]
        if not each["preexisting"]
    )
    skipped = tuple((s["path"], s["line"] or 0, s["reason"]) for s in report["skipped"])
    return Said(findings, skipped)
