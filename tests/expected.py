"""Holds the findings of a JSON report against a list written by hand.

Run by `make verify`: `expected.py EXPECTED REPORT` prints what is missing and
what nobody expected, and fails on either. Each entry of EXPECTED carries its
`source`: where the expectation comes from.
"""

import json
import sys
from collections import Counter
from pathlib import Path

FIELDS = (
    "rule",
    "severity",
    "path",
    "function",
    "symbol",
    "introduced_in",
    "gone_in",
    "preexisting",
)

Claim = tuple[object, ...]


def claims(entries: list[dict[str, object]]) -> Counter[Claim]:
    return Counter(tuple(entry.get(field) for field in FIELDS) for entry in entries)


def difference(expected: Path, report: Path) -> list[str]:
    """Lines that say what is missing (-) and what is unexpected (+); none: equal."""
    wanted = json.loads(expected.read_text(encoding="utf-8"))
    unsourced = [f"? no source: {entry}" for entry in wanted if not entry.get("source")]
    want = claims(wanted)
    have = claims(json.loads(report.read_text(encoding="utf-8"))["findings"])
    missing = [f"- {show(claim)}" for claim in (want - have).elements()]
    surplus = [f"+ {show(claim)}" for claim in (have - want).elements()]
    return unsourced + sorted(missing) + sorted(surplus)


def show(claim: Claim) -> str:
    return ", ".join(f"{field} {value!r}" for field, value in zip(FIELDS, claim, strict=True))


def main() -> int:
    lines = difference(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    verdict = "differs from" if lines else "equals"
    sys.stdout.write(f"the report {verdict} {sys.argv[1]}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
