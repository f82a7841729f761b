"""Turns findings that rest on a CONFIG_ symbol's being unset into doubts, where a line sets it.

Kconfig does not know of `#define CONFIG_X` in a header, or of `-DCONFIG_X` in a Makefile.
"""

from collections.abc import Mapping

from kpatch_tools.condition import TRUE, atoms, satisfy, substitute
from kpatch_tools.domain import Finding, Place, Review, Skipped, Snapshot, Tree
from kpatch_tools.kbuild.by_hand import all_by_hand
from kpatch_tools.kbuild.makefiles import is_makefile

PREFIX = "CONFIG_"
REASON = "{rule} cannot be decided: {name} is set by hand in {path}:{line}"


class ByHand:
    """Which of the findings of a review must be doubted; the trees are searched when one asks."""

    def __init__(self, review: Review) -> None:
        self._snapshots = {snapshot.number: snapshot for snapshot in review.snapshots}
        self._known: dict[Tree, Mapping[str, tuple[Place, ...]]] = {}

    def doubted(self, finding: Finding) -> Finding | Skipped:
        """The finding, or why it is not proved."""
        if finding.severity != "error" or finding.witness is None:
            return finding
        snapshot = self._snapshots[finding.patch]
        for atom in sorted(atoms(finding.condition)):
            unset = atom.startswith(PREFIX) and atom.isidentifier()
            if not unset or satisfy(substitute(finding.condition, {atom: TRUE})) is not None:
                continue
            for place in self._places(atom.removeprefix(PREFIX), snapshot.tree):
                if _is_seen(place.path, finding.place.path, snapshot):
                    reason = REASON.format(
                        rule=finding.rule, name=atom, path=place.path, line=place.line
                    )
                    return Skipped(finding.place, reason, finding.symbol)
        return finding

    def _places(self, name: str, tree: Tree) -> tuple[Place, ...]:
        if tree not in self._known:
            self._known[tree] = all_by_hand(tree)
        return self._known[tree].get(name, ())


def _is_seen(setting: str, path: str, snapshot: Snapshot) -> bool:
    """Whether what the file sets holds in the other one."""
    if is_makefile(setting):
        return path.startswith(f"{setting.rpartition('/')[0]}/") or "/" not in setting
    return setting == path or setting in snapshot.sight.reached(path)
