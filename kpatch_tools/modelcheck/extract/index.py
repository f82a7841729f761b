"""Turns a Tree, a shim and subjects into one place that says what a name means.

Who wins: the subjects, then the shim files in the order given, then the Tree
as the asking .c file sees it. Units are paths of .c files; "" stands for
what belongs to no .c file: headers, the shim, the scenario.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.macros import Macro
from kpatch_tools.modelcheck.extract.view import Cutter, View
from kpatch_tools.modelcheck.extract.walk import Translation

SHIM = "kpt:"
COMPILER = "<compiler>"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is indexed: the .c files with subjects, and the shim's files, first wins.

    `subjects` maps .c files to the names that must run as they are; `settled`
    gives the macros that no file decides (CONFIG options, parameters).
    """

    subjects: Mapping[str, tuple[str, ...]]
    files: tuple[Translation, ...]
    shim: tuple[Translation, ...]
    settled: Callable[[str], Macro | None]


class Index:
    """The meaning of names for one model."""

    def __init__(self, sought: Sought, cutter: Cutter) -> None:
        self.files = tuple(translation.path for translation in sought.files)
        self._settled = sought.settled
        self.doubtful = tuple(sorted({line for file in sought.files for line in file.doubtful}))
        self._ordinary: dict[tuple[str, str], Definition | None] = {}
        self._macros: dict[tuple[str, str], Macro | None] = {}
        self._subjects: dict[str, Definition] = {}
        self._exported: dict[str, Definition] = {}
        self._shim = [View(shim, cutter, self.common_macro) for shim in sought.shim]
        self._views = {file.path: View(file, cutter, self.common_macro) for file in sought.files}
        for path, view in self._views.items():
            for definition in view.own():
                if definition.name in sought.subjects[path]:
                    self._subjects[definition.name] = definition
                elif not definition.static:
                    self._exported.setdefault(definition.name, definition)
        # what was looked up on the way did not know all subjects yet
        self._ordinary.clear()
        self._macros.clear()

    @property
    def subjects(self) -> Mapping[str, Definition]:
        return self._subjects

    def ordinary(self, name: str, unit: str) -> Definition | None:
        """What the identifier is, apart from macros."""
        key = (name, unit)
        if key not in self._ordinary:
            self._ordinary[key] = self._found_ordinary(name, unit)
        return self._ordinary[key]

    def macro(self, name: str, unit: str) -> Macro | None:
        """The macro of that name that the text must be given; None too where a function wins."""
        key = (name, unit)
        if key not in self._macros:
            self._macros[key] = self._found_macro(name, unit)
        return self._macros[key]

    def _found_ordinary(self, name: str, unit: str) -> Definition | None:
        if name in self._subjects:
            return self._subjects[name]
        for shim in self._shim:
            if (found := shim.ordinary(name)) is not None:
                return found
            if (macro := shim.macros.get(name)) is not None and macro.path.startswith(SHIM):
                return None
        if unit in self._views:
            found = self._views[unit].ordinary(name)
            if found is not None and found.kind not in {"prototype", "declaration"}:
                return found
        if name in self._exported:
            return self._exported[name]
        return self._first(name, unit)

    def _found_macro(self, name: str, unit: str) -> Macro | None:
        if name in self._subjects:
            return None
        for shim in self._shim:
            macro = shim.macros.get(name)
            if macro is not None and macro.path.startswith(SHIM):
                return macro
            if shim.ordinary(name) is not None:
                return None
        if (value := self._settled(name)) is not None:
            return None if value.path == COMPILER else value
        views = [self._views[unit]] if unit in self._views else list(self._views.values())
        for view in views:
            if (macro := view.macros.get(name)) is not None:
                return macro
        return self._former(name, views)

    def redefined(self, name: str) -> bool:
        """Whether a .c file gives the macro several bodies."""
        return any(name in view.redefined for view in self._views.values())

    def _former(self, name: str, views: Sequence[View]) -> Macro | None:
        """A macro that the file undefined after use, if nothing else has the name.

        page-flags.h does so with the policies that its functions use.
        """
        for view in views:
            macro = view.former.get(name)
            if macro is not None and macro.path != COMPILER and view.ordinary(name) is None:
                return macro
        return None

    def common_macro(self, name: str) -> Macro | None:
        return self.macro(name, "")

    def tag(self, name: str, unit: str) -> Definition | None:
        """The struct, union or enum; the shim's if it has one."""
        for shim in self._shim:
            if (found := shim.tag(name)) is not None:
                return found
        return self.tree_tag(name, unit)

    def tree_tag(self, name: str, unit: str) -> Definition | None:
        """The Tree's struct, union or enum, whatever the shim has."""
        views: Sequence[View] = list(self._views.values())
        if unit in self._views:
            views = [self._views[unit], *views]
        for view in views:
            if (found := view.tag(name)) is not None:
                return found
        return None

    def shim_meaning(self, name: str) -> Definition | Macro | None:
        """What the shim has under the name, if it wins over the Tree's."""
        for shim in self._shim:
            if (found := shim.ordinary(name)) is not None:
                return found
            if (macro := shim.macros.get(name)) is not None and macro.path.startswith(SHIM):
                return macro
        return None

    def tree_meanings(self, name: str) -> tuple[Definition | Macro, ...]:
        """What the Tree has under the name, whatever the shim has: all that subjects can see."""
        found: dict[Definition | Macro, None] = {}
        for view in self._views.values():
            macro = view.macros.get(name)
            known = view.ordinary(name)
            if macro is not None and macro.path != COMPILER and macro.body != name:
                found[macro] = None
            elif known is not None:
                found[known] = None
        return tuple(found)

    def typedef(self, name: str) -> Definition | None:
        """The typedef of that name: the Tree's, else the shim's."""
        for view in (*self._views.values(), *self._shim):
            found = view.ordinary(name)
            if found is not None and found.kind == "typedef":
                return found
        return None

    def unit_of(self, path: str) -> str:
        """The unit that holds what a file defines."""
        return path if path in self._views else ""

    def defines(self, name: str) -> bool:
        """Whether the Tree defines or declares the name where the subjects can see it."""
        return any(
            view.ordinary(name) is not None
            or view.tag(name) is not None
            or (name in view.macros and view.macros[name].path != COMPILER)
            for view in self._views.values()
        )

    def defines_function(self, name: str) -> bool:
        """Whether the Tree has a function of this name where the subjects can see it."""
        found = (view.ordinary(name) for view in self._views.values())
        return any(known is not None and known.kind in {"function", "prototype"} for known in found)

    def _first(self, name: str, unit: str) -> Definition | None:
        """The best of the Tree: headers before a .c file's own, definitions before declarations."""
        own, declared = None, None
        for found in self._seen(name, unit):
            if found.kind in {"prototype", "declaration"}:
                declared = declared or found
            elif found.path not in self._views or found.path == unit:
                return found
            else:
                own = own or found
        return declared if unit else (own or declared)

    def _seen(self, name: str, unit: str) -> Iterator[Definition]:
        order = [unit] if unit in self._views else []
        order += [path for path in self._views if path != unit]
        for path in order:
            if (found := self._views[path].ordinary(name)) is not None:
                yield found
