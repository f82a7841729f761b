"""What was passed over in Makefiles and Kconfig files, in the order of reports."""

from dataclasses import dataclass, field

from kpatch_tools.domain import Skipped

Skips = tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """By architecture, and for Makefiles by folder: what was read so far and left open."""

    makefiles: dict[str, dict[str, Skips]] = field(default_factory=dict)
    kconfigs: dict[str, Skips] = field(default_factory=dict)
    undecided: Skips = ()

    def joined(self, later: "Passed") -> "Passed":
        """What was passed over here and there."""
        makefiles = {arch: dict(folders) for arch, folders in self.makefiles.items()}
        for arch, folders in later.makefiles.items():
            makefiles.setdefault(arch, {}).update(folders)
        return Passed(
            makefiles, self.kconfigs | later.kconfigs, (*self.undecided, *later.undecided)
        )

    @property
    def skipped(self) -> Skips:
        """Makefiles first, each folder of an architecture by name."""
        found = [
            dict.fromkeys(skip for name in sorted(folders) for skip in folders[name])
            for folders in self.makefiles.values()
        ]
        files = (skip for skips in self.kconfigs.values() for skip in skips)
        return (*(skip for each in found for skip in each), *files, *self.undecided)
