"""What Makefiles and Kconfig files say."""

from dataclasses import dataclass
from typing import Protocol

from kpatch_tools.condition import Condition
from kpatch_tools.domain.source import Skipped


@dataclass(frozen=True, slots=True)
class Witness:
    """A minimal `.config` fragment under which a condition holds.

    The lines stand beside Kconfig's defaults. `architecture` where it is not the
    one that Kconfig is read for first; `built_for` names it in any case, "" where
    the tree has no Kconfig.
    """

    lines: tuple[str, ...]
    architecture: str = ""
    built_for: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file's object goes when `condition` holds.

    `target` is "vmlinux", the path of a module without its ending, or that of a lib.a.
    """

    target: str
    condition: Condition

    @property
    def is_module(self) -> bool:
        return self.target != "vmlinux" and not self.target.endswith("lib.a")


class Configuration(Protocol):
    """What Kbuild and Kconfig of one Tree say. Implementation: `kpatch_tools.kbuild`."""

    def file_condition(self, path: str) -> Condition:
        """When the file is compiled at all (TRUE for headers)."""
        ...

    def folder_condition(self, folder: str) -> Condition | None:
        """When the build enters a folder; None if no Makefile above lists it."""
        ...

    def knows(self, path: str) -> bool:
        """Whether `file_condition` rests on a Makefile (headers need none)."""
        ...

    def links(self, path: str) -> tuple[Link, ...]:
        """What the file is linked into; () where no Makefile tells, or all is linked apart."""
        ...

    def witness(self, condition: Condition) -> Witness | None:
        """A configuration under which the condition holds; None: Kconfig excludes it."""
        ...

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was passed over in the files read so far."""
        ...
