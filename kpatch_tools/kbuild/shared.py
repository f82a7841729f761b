"""What the trees of a series share: Kconfig that was read, what it answered, and Makefiles.

To read the files of one architecture takes a second and some 20,000 definitions. Of
the trees of a series few differ in a Kconfig file, and then in one or two of them.
"""

from kpatch_tools.condition import Condition, negate
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.constraints import is_yes
from kpatch_tools.kbuild.definitions import Kconfig
from kpatch_tools.kbuild.fragment import Undecided, find_fragment, is_excluded
from kpatch_tools.kbuild.kconfig import read_kconfig
from kpatch_tools.kbuild.lacking import Architectures, Needs, needs_of
from kpatch_tools.kbuild.readings import Readings

Fragment = tuple[str, ...] | Undecided | None


class Answers:
    """What one architecture's Kconfig files say, each question worked out once."""

    def __init__(self, kconfig: Kconfig) -> None:
        self.kconfig = kconfig
        self._fragments: dict[Condition, Fragment] = {}
        self._excluded: dict[Condition, bool] = {}
        self._needs: dict[str, Needs | None] = {}

    def fragment(self, condition: Condition) -> Fragment:
        """As `find_fragment`."""
        if condition not in self._fragments:
            self._fragments[condition] = find_fragment(condition, self.kconfig)
        return self._fragments[condition]

    def excludes(self, condition: Condition) -> bool:
        """As `is_excluded`."""
        if condition not in self._excluded:
            self._excluded[condition] = is_excluded(condition, self.kconfig)
        return self._excluded[condition]

    def needs(self, name: str) -> Needs | None:
        """What keeps the symbol from ever being set; None: it can be."""
        if name not in self._needs:
            alive = name in self.kconfig.definitions and not self.excludes(is_yes(name))
            self._needs[name] = None if alive else needs_of(name, self.kconfig)
        return self._needs[name]

    def is_stuck(self, name: str) -> bool:
        """Whether the symbol is never n."""
        return name in self.kconfig.definitions and self.excludes(negate(is_yes(name)))


class Shared:
    """What the trees of one series need read once: `readings`, and their Kconfig files."""

    def __init__(self) -> None:
        self.readings = Readings()
        # a definition that two trees, or two architectures, have is held once
        self._same: dict[object, object] = {}

    def answers(self, tree: Tree, architecture: str) -> Answers:
        """What the architecture's files say in the tree."""
        variables = {"ARCH": architecture, "SRCARCH": architecture}
        return self.readings.made(
            ("kconfig", architecture),
            tree,
            lambda seen: Answers(read_kconfig(seen, variables, self._same)),
        )

    def having(self, tree: Tree, default: str) -> Architectures:
        """What the files of all architectures but the default one say, by words."""
        return self.readings.made(
            ("words", default), tree, lambda seen: Architectures(seen, default)
        )
