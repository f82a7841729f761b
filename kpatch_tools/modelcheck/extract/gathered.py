"""Turns needs into definitions taken from the index: what a model is made of so far.

Macros, enums and structs used by value are taken by looking at tokens, because
without them the text does not even parse; typedefs and called functions too,
because it saves rounds. All else is taken when the compiler asks.
"""

import re

from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.index import SHIM, Index
from kpatch_tools.modelcheck.extract.members import member_names, only_plain
from kpatch_tools.modelcheck.extract.refused import refusal_of_text
from kpatch_tools.modelcheck.extract.structs import Struct
from kpatch_tools.modelcheck.extract.taken_macros import TakenMacros
from kpatch_tools.modelcheck.extract.tokens import (
    BY_VALUE,
    ENUM_TAG,
    KEYWORDS,
    TOKEN,
    hides,
    names_of,
)


class Gathered:
    """Grows by `need_*`; each says whether something new was taken.

    `own`: functions of the scenario, which mean themselves there.
    """

    def __init__(
        self, index: Index, traps: frozenset[str], own: frozenset[str] = frozenset()
    ) -> None:
        self.index = index
        self._own = own
        self.defines = TakenMacros(index, self.read)
        # with the enumerators asked for: macros may have written them
        self.types: dict[Definition, set[str]] = {}
        self.structs: dict[str, Struct] = {}
        self.functions: dict[Definition, None] = {}
        self.variables: dict[Definition, None] = {}
        self.trapped: dict[str, str] = {}
        self.exported: set[str] = set(index.subjects)
        # the names that the compiler missed, by the definition in which it did
        self.asked: dict[str, set[str]] = {}
        self._traps = traps
        self._read: set[tuple[str, str, str]] = set()

    # --- what the compiler asks for

    def need_name(self, name: str, unit: str) -> bool:
        """Take what the identifier means in that unit."""
        if name in self._own and not unit:
            return False
        if self.defines.take(name, unit, unit):
            return True
        found = self.index.ordinary(name, unit)
        if name.startswith("trace_") and (found is None or found.pasted):
            return self.defines.stub_tracepoint(name)
        if found is None or self._is_refused(found):
            return False
        if found.path in self.index.files and found.path != unit:
            self.exported.add(name)
        match found.kind:
            case "function" | "prototype":
                return self._take_function(found)
            case "variable" | "declaration":
                return self._take_variable(found)
            case "enumerator":
                assert found.inside is not None
                if found.inside.kind != "enum":
                    return self.need_member(found.inside.name, name, unit)
                new = self._take_type(found.inside)
                self.types[found.inside].add(name)
                return new
            case _:
                return self._take_type(found)

    def need_tag(self, tag: str, unit: str) -> bool:
        """Take the struct (with no member yet), union or enum."""
        macro = self.index.macro(tag, unit)
        if macro is not None and macro.parameters is None and macro.body.isidentifier():
            return macro.body != tag and self.need_tag(macro.body, unit)
        found = self.index.tag(tag, unit)
        if found is None or self._is_refused(found):
            return False
        if found.inside is not None:
            return self._need_nested(found, f"{found.kind} {tag}", unit)
        if found.kind == "enum":
            return self._take_type(found)
        if tag in self.structs:
            return False
        whole = found.path.startswith(SHIM) or only_plain(found.text)
        self.structs[tag] = Struct(found, whole=whole)
        self._look_again(self.structs[tag])
        return True

    def need_member(self, tag: str, member: str, unit: str) -> bool:
        """Take one member; False where the struct has no such member or has it already."""
        found = self.index.tag(tag, unit)
        if found is None:
            return False
        if found.inside is not None:
            return self._need_nested(found, member, unit)
        new = self.need_tag(tag, unit)
        struct = self.structs.get(tag)
        if struct is None or member in struct.wanted or member in struct.dropped:
            return new
        if found.path.startswith(SHIM):
            return self._extend(struct, member, unit) or new
        if member not in member_names(found.text, self.index.common_macro):
            return new
        struct.wanted.add(member)
        self._look_again(struct)
        return True

    def need_inside(self, tag: str, member: str) -> bool:
        """Take a member of a struct without a name, if the one of that tag has such inside."""
        struct = self.structs[tag]
        if struct.whole or member in struct.wanted or member in struct.dropped:
            return False
        if member not in member_names(struct.definition.text, self.index.common_macro):
            return False
        struct.wanted.add(member)
        self._look_again(struct)
        return True

    def need_whole(self, tag: str, unit: str) -> bool:
        """Keep every member."""
        new = self.need_tag(tag, unit)
        struct = self.structs.get(tag)
        if struct is None or struct.whole:
            return new
        struct.whole = True
        self._look_again(struct)
        return True

    # --- what cannot be had

    def trap(self, definition: Definition, reason: str) -> bool:
        """Give a function or a variable no content: reaching it is an unknown."""
        if definition.name in self.trapped or definition.name in self.index.subjects:
            return False
        self.trapped[definition.name] = reason
        return True

    def drop_member(self, tag: str, word: str) -> bool:
        """Leave out the members whose declaration names the word; whether there are any."""
        return self.structs[tag].drop(word, self.index.common_macro)

    # --- text

    def text(self, tag: str) -> str:
        """The struct as it is emitted."""
        return self.structs[tag].text(self.index.common_macro)

    def read(self, text: str, unit: str, home: str) -> None:
        """Take the macros, enums and by-value structs that stand in the text.

        Names mean what they mean in `unit`; the text is emitted into `home`.
        """
        if (text, unit, home) in self._read:
            return
        self._read.add((text, unit, home))
        pasting = False
        for match in TOKEN.finditer(text):
            name = match["name"]
            if name is None or name in KEYWORDS:
                continue
            if match["call"] is not None or self.defines.is_plain(name, unit):
                self.defines.take(name, unit, home)
                pasting = pasting or self.defines.pastes(name)
            self._take_early(match, unit)
        if pasting:
            self.defines.take_pasted(text, unit, home)
        for tag in ENUM_TAG.findall(text):
            self.need_tag(tag, unit)
        for tag in BY_VALUE.findall(text):
            self.need_tag(tag, unit)

    def forget(self, reached: set[str]) -> None:
        """Drop everything that has none of these names; its text may be asked for again."""
        self.functions = {d: None for d in self.functions if d.name in reached}
        self.variables = {d: None for d in self.variables if d.name in reached}
        self.defines.forget(reached)
        self.structs = {tag: s for tag, s in self.structs.items() if tag in reached}
        self.types = {d: asked for d, asked in self.types.items() if reached & names_of(d, asked)}
        kept = {d.name for d in (*self.functions, *self.variables)}
        self.trapped = {name: why for name, why in self.trapped.items() if name in kept}
        self._read.clear()

    def unit_of(self, path: str) -> str:
        return self.index.unit_of(path)

    # --- taking

    def _take_early(self, match: re.Match[str], unit: str) -> None:
        """Typedefs, and functions that are called: the compiler would ask for them later.

        A parameter or variable that hides the function is left to the compiler.
        """
        name = match["name"]
        found = self.index.ordinary(name, unit)
        if found is None or found in self.types or found in self.functions:
            return
        if self.index.macro(name, unit) is not None:
            return
        if found.kind == "typedef" or (
            match["call"] is not None
            and found.kind in {"function", "prototype"}
            and not hides(match.string, name)
        ):
            self.need_name(name, unit)

    def _take_function(self, found: Definition) -> bool:
        if found in self.functions:
            return False
        self.functions[found] = None
        if found.name not in self.index.subjects:
            if found.name in self._traps:
                self.trapped[found.name] = "the scenario does not look into it"
            elif found.kind == "prototype":
                self.trapped[found.name] = (
                    f"its code is in a file that is not modelled ({found.path}:{found.line})"
                )
            elif reason := refusal_of_text(found.path, found.text):
                self.trapped[found.name] = f"{reason} at {found.path}:{found.line}"
        whole = found.name not in self.trapped
        unit = self.unit_of(found.path)
        self.read(found.head, unit, "")
        if whole:
            self.read(found.text, unit, unit)
        return True

    def _take_variable(self, found: Definition) -> bool:
        if found in self.variables:
            return False
        self.variables[found] = None
        if found.kind == "declaration":
            self.trapped[found.name] = (
                f"data of a file that is not modelled ({found.path}:{found.line})"
            )
        unit = self.unit_of(found.path)
        self.read(found.head, unit, "")
        self.read(found.text, unit, unit)
        return True

    def _take_type(self, found: Definition) -> bool:
        if found in self.types:
            return False
        self.types[found] = set()
        self.read(found.text, self.unit_of(found.path), "")
        return True

    def _need_nested(self, found: Definition, member: str, unit: str) -> bool:
        outer = found.inside
        assert outer is not None
        if outer.name:
            return self.need_member(outer.name, member, unit)
        return self._take_type(outer)

    def _extend(self, struct: Struct, member: str, unit: str) -> bool:
        """A member of the Tree's struct for the shim's struct of the same name."""
        find = self.index.common_macro
        found = self.index.tree_tag(struct.definition.name, unit)
        if member in member_names(struct.definition.text, find):
            return False
        if found is None or found.inside or member not in member_names(found.text, find):
            return False
        struct.added = found
        struct.wanted.add(member)
        self._look_again(struct)
        return True

    def _look_again(self, struct: Struct) -> None:
        unit = self.unit_of(struct.definition.path)
        self.read(self.text(struct.definition.name), unit, "")

    def _is_refused(self, found: Definition) -> bool:
        """Whether forbidden syntax of the Tree would be needed just to declare it.

        A function with forbidden syntax in its body alone becomes a trap.
        """
        text = found.head if found.kind in {"function", "prototype"} else found.text
        reason = refusal_of_text(found.path, text)
        if reason is not None:
            self.defines.refused[found.name] = f"{reason} at {found.path}:{found.line}"
        return reason is not None
