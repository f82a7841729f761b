"""Turns a place and a patch number into the source line that stands there."""

from dataclasses import dataclass

from kpatch_tools.domain import Finding, Place, Report, Tree


@dataclass(frozen=True, slots=True)
class Sources:
    """The trees of a report by patch number; 0 is the base."""

    trees: dict[int, Tree]

    def of(self, finding: Finding) -> str:
        """The line that a finding is about; "" where it is in none of the report's trees."""
        return "" if finding.revision else self.line(finding.patch, finding.place)

    def line(self, patch: int, place: Place) -> str:
        """The text of a line after patch `patch`, decoded, "" where there is none."""
        tree = self.trees.get(patch)
        content = tree.read(place.path) if tree is not None else None
        if content is None or place.line < 1:
            return ""
        lines = content.split(b"\n", place.line)
        if place.line > len(lines):
            return ""
        return lines[place.line - 1].decode("utf-8", "replace")


def sources(report: Report) -> Sources:
    """The trees after each step, and the base before the first."""
    trees = {step.patch.number: step.after for step in report.steps}
    if report.steps:
        trees[0] = report.steps[0].before
    return Sources(trees)
