"""Turns names in text into the macros that a model must define.

A macro that was refused, or that none of the texts needs, is not defined.
"""

from collections.abc import Callable
from contextlib import suppress

from kpatch_tools.modelcheck.extract.index import SHIM, Index
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, expanded
from kpatch_tools.modelcheck.extract.refused import refusal_of_macro
from kpatch_tools.modelcheck.extract.tokens import WORD

TRACEPOINTS = f"{SHIM}tracepoints"

Read = Callable[[str, str, str], None]


class TakenMacros:
    """Macros by the unit that defines them ("" for all) and their name.

    `read` is told each body taken, with the unit it is read in and its home.
    `written` are those whose names other macros paste together.
    """

    def __init__(self, index: Index, read: Read) -> None:
        self.taken: dict[tuple[str, str], Macro] = {}
        self.refused: dict[str, str] = {}
        self.written: set[str] = set()
        self._index = index
        self._told = read
        self._pasting: set[str] = set()

    def take(self, name: str, unit: str, home: str) -> bool:
        """Define the macro that the name is in `unit`; whether that is new."""
        macro = self._index.macro(name, unit)
        if macro is None or macro.body == name:
            return False
        key = (self._index.unit_of(macro.path) if home else "", name)
        if key in self.taken or name in self.refused:
            return False
        if reason := refusal_of_macro(macro):
            self.refused[name] = f"{reason} at {macro.path}:{macro.line}"
            return False
        self.taken[key] = macro
        self._told(macro.body, unit, key[0])
        if "##" in macro.body or not self._pasting.isdisjoint(WORD.findall(macro.body)):
            self._pasting.add(name)
        return True

    def take_pasted(self, text: str, unit: str, home: str) -> None:
        """Define the macros whose names other macros write: `PLACEHOLDER_##value`.

        The compiler would not miss them: IS_ENABLED() is 0 without its placeholder.
        """

        def find(name: str) -> Macro | None:
            macro = self._index.macro(name, unit)
            if macro is not None and self.take(name, unit, home):
                self.written.add(name)
            return macro

        with suppress(TooLongError):
            expanded(text, find)

    def stub_tracepoint(self, name: str) -> bool:
        """A trace point has no effect, and is off."""
        if ("", name) in self.taken:
            return False
        value = "0" if name.endswith("_enabled") else "((void)0)"
        self.taken["", name] = Macro(name, (), value, TRACEPOINTS, 1, "__VA_ARGS__")
        return True

    def is_plain(self, name: str, unit: str) -> bool:
        """Whether the name is a macro without parameters."""
        macro = self._index.macro(name, unit)
        return macro is not None and macro.parameters is None

    def pastes(self, name: str) -> bool:
        """Whether `##` stands in the macro or in one that it uses."""
        return name in self._pasting

    def forget(self, reached: set[str]) -> None:
        """Keep the macros of these names."""
        self.taken = {key: macro for key, macro in self.taken.items() if key[1] in reached}
