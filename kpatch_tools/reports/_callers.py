"""Turns an Index into the text or JSON of `kpt callers`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.condition import TRUE, show
from kpatch_tools.domain import Index, Reference, Skipped


@dataclass(frozen=True, slots=True)
class Uses:
    """What was asked (`names`, of the tree called `tree`), what was found, what was not read."""

    index: Index
    names: tuple[str, ...]
    tree: str
    skipped: tuple[Skipped, ...]

    @property
    def references(self) -> list[Reference]:
        """By symbol and place."""
        return sorted(self.index.references, key=lambda r: (r.symbol, r.place, r.kind, r.made))

    @property
    def unclassified(self) -> list[Skipped]:
        """By symbol and place."""
        return sorted(self.index.unclassified, key=lambda s: (s.symbol, s.place))

    @property
    def absent(self) -> list[str]:
        """Names that nothing in the tree has."""
        used = {each.symbol for each in self.index.references}
        return sorted(set(self.names) - used - {each.symbol for each in self.index.unclassified})


def callers_report(uses: Uses, form: str) -> str:
    """Every use, as `text` or `json`."""
    if form == "json":
        return json.dumps(uses_json(uses), indent=2) + "\n"
    return "".join(f"{line}\n" for line in (*map(_use_line, uses.references), *open_lines(uses)))


def _use_line(reference: Reference) -> str:
    inside = f" in {reference.function}" if reference.function else ""
    made = f" by {reference.made}" if reference.made else ""
    when = f" if {show(reference.condition)}" if reference.condition != TRUE else ""
    place = f"{reference.place.path}:{reference.place.line}"
    name = f"{reference.owner}.{reference.symbol}" if reference.owner else reference.symbol
    return f"{place}: {name}: {reference.kind}{made}{inside}{when}"


def open_lines(uses: Uses) -> Iterator[str]:
    """What no parse understood, what was not read, and what nothing names."""
    for skip in uses.unclassified:
        yield f"{skip.place.path}:{skip.place.line}: {skip.symbol}: unclassified: {skip.reason}"
    for skip in uses.skipped:
        yield f"{skip.place.path}:{skip.place.line}: not looked at: {skip.reason}"
    for symbol in uses.absent:
        yield f"{symbol}: nothing in {uses.tree} names it"


def uses_json(uses: Uses) -> dict[str, object]:
    """The same as JSON values."""
    return {
        "references": [
            {
                "symbol": reference.symbol,
                "kind": reference.kind,
                "path": reference.place.path,
                "line": reference.place.line,
                "function": reference.function,
                "condition": show(reference.condition),
                "arguments": reference.arguments,
                "target": reference.target,
                "owner": reference.owner,
                "made": reference.made,
            }
            for reference in uses.references
        ],
        "unclassified": [_skip(skip) | {"symbol": skip.symbol} for skip in uses.unclassified],
        "skipped": [_skip(skip) for skip in uses.skipped],
        "absent": uses.absent,
    }


def _skip(skip: Skipped) -> dict[str, object]:
    return {"path": skip.place.path, "line": skip.place.line, "reason": skip.reason}
