"""Tells what a file of a tree sees of a struct: its members, and whose member a token names."""

from kpatch_tools.condition import TRUE
from kpatch_tools.csource import line_conditions
from kpatch_tools.csource.typing.text import SHIFT
from kpatch_tools.csource.typing.types import Member
from kpatch_tools.domain import Place, Symbol, Tree
from kpatch_tools.review.members import told_owners
from kpatch_tools.review.units import Units


class FileStructs:
    """`domain.Structs` of one tree."""

    def __init__(self, tree: Tree, units: Units) -> None:
        self._tree = tree
        self._units = units

    def members(self, path: str, owner: str, name: str) -> tuple[Symbol, ...] | None:
        """The member's declarations in sight; None: no such struct, or not wholly understood."""
        world = self._units.places(path).world
        records = world.records(owner)
        if not records or any(world.members(record, "") for record in records):
            return None
        found = [member for record in records for member in world.members(record, name)]
        symbols = [self._symbol(member) for member in found]
        symbols += [
            Symbol(name, "macro", None, Place(path, 0), TRUE)
            for macro in world.macro(name)
            if macro.parameters is None
        ]
        return tuple(symbols)

    def owners(self, path: str, line: int, name: str) -> frozenset[str]:
        """The structs whose member a token of the name on the line may be."""
        places = self._units.places(path)
        code = places.text.code
        start = 0
        for _ in range(line - 1):
            start = code.find("\n", start) + 1
        end = code.find("\n", start)
        found: set[str] = set()
        for offset in places.naming(name, start, len(code) if end < 0 else end):
            owner = places.owner(offset)
            found |= told_owners(owner) if owner is not None else set()
        return frozenset(found)

    def _symbol(self, member: Member) -> Symbol:
        """The declaration under its own #if lines; one that a macro pasted, always."""
        if member.place < 0:
            return Symbol(member.name, "member", None, Place("", 0), TRUE, owner=member.owner)
        path = self._units.path_of(member.place >> SHIFT)
        offset = member.place & ((1 << SHIFT) - 1)
        line = self._units.text(path).code.count("\n", 0, offset) + 1
        condition = line_conditions(self._tree.read(path) or b"").at(line)
        return Symbol(member.name, "member", None, Place(path, line), condition, line, member.owner)
