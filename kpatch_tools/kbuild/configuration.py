"""Turns a Tree into what its Makefiles and Kconfig files say; `domain.Configuration`.

Nothing is run. Condition of a file: from Makefiles (`plan`). Witness of a
condition: from Kconfig (`fragment`), for x86 where the tree has it; another
architecture is asked where the condition needs a symbol that cannot be set there
and that its own Kconfig names.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from kpatch_tools.cache import Cache
from kpatch_tools.condition import (
    FALSE,
    TRUE,
    Atom,
    Condition,
    Constant,
    all_of,
    atoms,
    negate,
    satisfy,
    show,
    substitute,
)
from kpatch_tools.domain import Link, Place, Skipped, Tree, Witness
from kpatch_tools.kbuild.by_hand import set_by_hand
from kpatch_tools.kbuild.constraints import is_yes
from kpatch_tools.kbuild.entering import ARCHITECTURE, architecture_of, entering, own_condition
from kpatch_tools.kbuild.fragment import Undecided
from kpatch_tools.kbuild.including import SOURCES
from kpatch_tools.kbuild.lacking import Architectures
from kpatch_tools.kbuild.numbers import compared_symbol, told
from kpatch_tools.kbuild.passed import Passed
from kpatch_tools.kbuild.plan import Plan
from kpatch_tools.kbuild.shared import Answers, Shared

PREFERRED = "x86"
# HEADER_ARCH := $(SUBARCH); `ifneq ($(SUBARCH),$(ARCH))` only asks what is built on
TAKEN = re.compile(rb"^(?![ \t]*ifn?eq\b).*\$\(SUBARCH\)", re.MULTILINE)
HOSTED = "nothing is claimed for ARCH={architecture}, which takes files of another architecture"
BY_HAND = "CONFIG_{name} is set here and by no Kconfig file: nothing is claimed of code under it"
NO_KCONFIG = "no Kconfig file at the top tells which configurations there are"


class Kbuild:
    """What Kbuild and Kconfig of one Tree say, read on demand."""

    def __init__(
        self, tree: Tree, cache: Cache | None = None, shared: Shared | None = None
    ) -> None:
        self._tree = tree
        self._cache = cache
        self._plans: dict[str, Plan] = {}
        self._shared = shared or Shared()
        self._answers: dict[str, Answers] = {}
        self._conditions: dict[str, Condition | None] = {}
        self._links: dict[str, tuple[Link, ...]] = {}
        self._witnesses: dict[Condition, Witness | None] = {}
        self._undecided: list[Skipped] = []
        self._asked: dict[str, None] = {}
        self._passed = Passed()
        self._by_hand: set[str] = set()
        self._known: tuple[str, ...] | None = None

    def file_condition(self, path: str) -> Condition:
        """When the file is compiled at all.

        TRUE for headers and where no Makefile tells; below arch/ the atom
        `ARCH=x86` (or what the folder is called) beside it, and so for sources
        in a folder that an architecture's Makefile enters.
        """
        condition = self._condition(path)
        own = self._own(path)
        return own if condition is None else all_of(own, condition)

    def folder_condition(self, folder: str) -> Condition | None:
        """When the build enters the folder, below arch/ for its architecture; None: none tells."""
        architecture = architecture_of(f"{folder}/", self._entered)
        found = self._plan(architecture or self._default).entered(folder)
        return None if found is None else all_of(own_condition(architecture), found)

    def listed(self, path: str) -> Condition | None:
        """As `file_condition`, where Makefiles of the folders above list the source; else None."""
        architecture = architecture_of(path, {})
        found = self._plan(architecture or self._default).listed_above(path)
        return None if found is None else all_of(own_condition(architecture), found)

    def read_top(self) -> None:
        """Read what most questions need, while nothing else is to be done; it changes no answer."""
        self._plan(self._default).read_top()

    def knows(self, path: str) -> bool:
        """Whether `file_condition` rests on a Makefile (headers need none).

        If not, a file that another one includes has that one's condition,
        whatever `#if` stands around the `#include`.
        """
        if not path.endswith(SOURCES):
            return True
        return self._plan(self._architecture_of(path)).listed(path) is not None

    def links(self, path: str) -> tuple[Link, ...]:
        """What the file is linked into, by Makefiles; below arch/ for that architecture."""
        if not path.endswith(SOURCES):
            return ()
        own = self._own(path)
        if path not in self._links:
            self._links[path] = self._plan(self._architecture_of(path)).links(path)
        return tuple(Link(link.target, all_of(own, link.condition)) for link in self._links[path])

    def witness(self, condition: Condition) -> Witness | None:
        """A configuration under which the condition holds; None: Kconfig excludes it."""
        if condition not in self._witnesses:
            self._witnesses[condition] = self._found(condition)
        return self._witnesses[condition]

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was passed over in the files read so far."""
        self._passed = self._passed.joined(self.passed())
        return self._passed.skipped

    def passed(self) -> Passed:
        """What was passed over in the files that were asked since last time."""
        makefiles = {arch: found for arch, p in self._plans.items() if (found := p.passed())}
        kconfigs = {arch: self._answers[arch].kconfig.skipped for arch in self._asked}
        undecided = tuple(self._undecided)
        self._asked = {}
        self._undecided = []
        return Passed(makefiles, kconfigs, undecided)

    def _condition(self, path: str) -> Condition | None:
        if not path.endswith(SOURCES):
            return TRUE
        if path not in self._conditions:
            plan = self._plan(self._architecture_of(path))
            self._conditions[path] = plan.condition_of(path)
        return self._conditions[path]

    def _own(self, path: str) -> Condition:
        """That the kernel is built for the architecture whose file this is, if it is one's."""
        return own_condition(self._owner(path))

    def _architecture_of(self, path: str) -> str:
        return self._owner(path) or self._default

    def _owner(self, path: str) -> str | None:
        """The architecture of a path below arch/, or of a source that only its Makefile enters."""
        if path.startswith("arch/") or not path.endswith(SOURCES):
            return architecture_of(path, {})
        if self._plan(self._default).listed(path) is not None:
            return None
        return architecture_of(path, self._entered)

    @cached_property
    def _entered(self) -> dict[str, str]:
        return entering(self._tree)

    def _found(self, condition: Condition) -> Witness | None:
        for architecture in self._candidates(condition):
            values = {
                atom: Constant(atom == ARCHITECTURE + architecture)
                for atom in atoms(condition)
                if atom.startswith(ARCHITECTURE)
            }
            answers = self._read(architecture)
            kconfig = answers.kconfig
            here = told(substitute(condition, values), kconfig)
            lines = None if here == FALSE else self._fragment(here, answers)
            if lines is not None and self._is_hosted(architecture):
                reason = HOSTED.format(architecture=architecture)
                self._undecided.append(Skipped(Place("Kconfig", 0), reason))
            elif lines and not kconfig.definitions:
                self._undecided.append(Skipped(Place("Kconfig", 0), NO_KCONFIG))
            elif lines is not None:
                built_for = architecture if kconfig.definitions else ""
                if architecture == self._default:
                    return Witness(lines, built_for=built_for)
                named = (f"# make ARCH={architecture}", *lines)
                return Witness(named, architecture, built_for)
        self._tell_by_hand(condition)
        return None

    def _tell_by_hand(self, condition: Condition) -> None:
        """Say which symbols of the condition no Kconfig file decides."""
        known = self._read(self._default).kconfig.definitions
        named = {symbol for atom in atoms(condition) if (symbol := _symbol(atom)) is not None}
        for name in sorted(named - known.keys() - self._by_hand if known else ()):
            self._by_hand.add(name)
            place = None if self._having.names(name) else set_by_hand(name, self._tree)
            if place is not None:
                self._undecided.append(Skipped(place, BY_HAND.format(name=name)))

    def _is_hosted(self, architecture: str) -> bool:
        """Whether it takes files of another architecture, as um does: which, no path tells."""
        makefile = self._tree.read(f"arch/{architecture}/Makefile") or b""
        return TAKEN.search(makefile) is not None

    def _candidates(self, condition: Condition) -> Iterator[str]:
        """The default first, then those that the condition names or needs a symbol of."""
        default = self._default
        yield default
        answers = self._read(default)
        named = {
            atom.removeprefix(ARCHITECTURE)
            for atom in atoms(condition)
            if atom.startswith(ARCHITECTURE)
        }
        yield from sorted(named - {default})
        needed = self._others(condition, answers) if answers.kconfig.definitions else []
        yield from (each for each in needed if each not in named)

    def _fragment(self, condition: Condition, answers: Answers) -> tuple[str, ...] | None:
        """The lines; None too where the search ends undecided, which is then said."""
        found = answers.fragment(condition)
        if not isinstance(found, Undecided):
            return found
        reason = f"no configuration found or excluded for {show(condition)}"
        # with a symbol: what rests on it is not proved
        asked = min((atom for atom in atoms(condition) if atom.startswith("CONFIG_")), default="")
        self._undecided.append(Skipped(Place("Kconfig", 0), reason, asked))
        return None

    def _others(self, condition: Condition, default: Answers) -> list[str]:
        """Architectures that may have what the condition cannot have on the default one."""
        asked = [atom for atom in atoms(condition) if atom.startswith("CONFIG_")]
        names = {symbol for atom in asked if (symbol := _symbol(atom)) is not None}
        needs = [each for name in names if (each := default.needs(name)) is not None]
        negated = frozenset(
            atom.removeprefix("CONFIG_")
            for atom in asked
            if satisfy(all_of(condition, negate(Atom(atom)))) is not None
        )
        unset = negated.union(*(each.unset for each in needs))
        stuck = frozenset(name for name in unset if default.is_stuck(name))
        if not stuck and len(negated) > 1:
            # x86 is X86_64 or X86_32
            none = all_of(*(negate(is_yes(name)) for name in negated))
            stuck = negated if default.excludes(none) else stuck
        if not stuck and not any(each.missing for each in needs):
            return []
        known = set(self._architectures())
        return [each for each in self._having.that_may(needs, stuck) if each in known]

    @cached_property
    def _having(self) -> Architectures:
        return self._shared.having(self._tree, self._default)

    def _plan(self, architecture: str) -> Plan:
        if architecture not in self._plans:
            self._plans[architecture] = Plan(
                self._tree, architecture, self._cache, self._shared.readings
            )
        return self._plans[architecture]

    def _read(self, architecture: str) -> Answers:
        self._asked[architecture] = None
        if architecture not in self._answers:
            self._answers[architecture] = self._shared.answers(self._tree, architecture)
        return self._answers[architecture]

    @cached_property
    def _default(self) -> str:
        if self._tree.read(f"arch/{PREFERRED}/Kconfig") is not None:
            return PREFERRED
        return next(iter(self._architectures()), PREFERRED)

    def _architectures(self) -> tuple[str, ...]:
        if self._known is None:
            split = (path.split("/") for path in self._tree.paths() if path.startswith("arch/"))
            found = {parts[1] for parts in split if len(parts) == 3 and parts[2] == "Kconfig"}
            self._known = tuple(sorted(found))
        return self._known


def _symbol(atom: str) -> str | None:
    """The symbol that an atom asks for, without CONFIG_; None: it asks for none."""
    if not atom.startswith("CONFIG_"):
        return None
    return compared_symbol(atom) or atom.removeprefix("CONFIG_").removesuffix("_MODULE")
