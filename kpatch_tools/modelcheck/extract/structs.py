"""Turns a struct and the members asked for into the text that is emitted."""

import re
from dataclasses import dataclass, field

from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.members import FindMacro, member_names, pruned

# struct message { unsigned char data[]; };
FLEXIBLE_ONLY = re.compile(r"\A[^{]*\{[^;{}]*\[\s*\]\s*;\s*\}")
# gcc has the mark for structs only
STRUCT_HEAD = re.compile(r"\A\s*struct\b")


@dataclass(slots=True)
class Struct:
    """A struct with the members asked for. `added`: the Tree's, where the shim's lacks a member."""

    definition: Definition
    wanted: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    whole: bool = False
    added: Definition | None = None

    def text(self, find: FindMacro) -> str:
        """The struct as it is emitted.

        One that is not whole is marked, so that the compiler tells where it
        is initialised by position.
        """
        plain = self.definition.text
        if self.added is not None:
            return self._extended(self.added, find)
        if self.whole and not self.dropped:
            return plain
        wanted = self.wanted
        if self.whole:
            wanted = set(member_names(plain, find)) - self.dropped
        text = pruned(plain, frozenset(wanted), find)
        if not wanted or FLEXIBLE_ONLY.search(text):
            # without any member there would be no arithmetic on pointers to it
            begin = text.index("{") + 1
            text = f"{text[:begin]}char kpt_no_member;{text[begin:]}"
        return STRUCT_HEAD.sub("struct __attribute__((designated_init))", text)

    def drop(self, word: str, find: FindMacro) -> bool:
        """Leave out the members whose declaration names the word; whether there are any."""
        text = self.text(find)
        names = {
            name
            for name in member_names(self.definition.text, find)
            if re.search(rf"\b{re.escape(word)}\b[^;]*\b{re.escape(name)}\b[^;]*;", text)
        }
        names |= {word} & member_names(self.definition.text, find)
        new = names - self.dropped
        self.dropped |= new
        self.wanted -= new
        return bool(new)

    def _extended(self, added: Definition, find: FindMacro) -> str:
        plain = self.definition.text
        extra = pruned(added.text, frozenset(self.wanted), find)
        inside = extra[extra.index("{") + 1 : extra.rindex("}")]
        end = plain.rindex("}")
        return f"{plain[:end]}{' '.join(inside.split())}\n{plain[end:]}"
