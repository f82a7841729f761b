"""Turns an address inside a variable of a model into the member that lies there, by DWARF."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from elftools.common.exceptions import ELFError
from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

# DW_OP_addr, the only location of a variable that is no local one
AT_ADDRESS = 0x03
SEE_THROUGH = frozenset(
    f"DW_TAG_{name}_type" for name in ("const", "volatile", "restrict", "atomic")
) | {"DW_TAG_typedef"}
COMPOUND = frozenset({"DW_TAG_structure_type", "DW_TAG_union_type"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The types of the variables of a model, by the address where each begins."""

    types: Mapping[int, DIE]

    def member_at(self, start: int, offset: int) -> str:
        """`[1].lru.next` for a place in the variable at `start`; "+8" where no type tells."""
        if start not in self.types:
            return f"+{offset}" if offset else ""
        return _path(self.types[start], offset)


def layout_of(binary: bytes) -> Layout:
    """The layout that the program's debug information tells; an empty one where it has none."""
    try:
        dwarf = ELFFile(io.BytesIO(binary)).get_dwarf_info()
        return Layout(dict(found for unit in dwarf.iter_CUs() for found in _variables(unit)))
    except ELFError:
        return Layout({})


def _variables(unit: object) -> Iterator[tuple[int, DIE]]:
    for entry in unit.get_top_DIE().iter_children():  # type: ignore[attr-defined]
        location = entry.attributes.get("DW_AT_location")
        if entry.tag == "DW_TAG_variable" and location is not None:
            code = bytes(location.value)
            if code[:1] == bytes([AT_ADDRESS]) and (of_type := _type(entry)):
                yield int.from_bytes(code[1:9], "little"), of_type


def _type(entry: DIE) -> DIE | None:
    """What it is of, qualifiers and names of types seen through."""
    while True:
        if "DW_AT_specification" in entry.attributes and "DW_AT_type" not in entry.attributes:
            entry = entry.get_DIE_from_attribute("DW_AT_specification")
        if "DW_AT_type" not in entry.attributes:
            return None
        entry = entry.get_DIE_from_attribute("DW_AT_type")
        if entry.tag not in SEE_THROUGH:
            return entry


def _value(entry: DIE, name: str) -> int:
    found = entry.attributes.get(name)
    return found.value if found is not None and isinstance(found.value, int) else 0


def _size(entry: DIE) -> int:
    if entry.tag != "DW_TAG_array_type":
        return _value(entry, "DW_AT_byte_size")
    element = _type(entry)
    count = 1
    for bound in entry.iter_children():
        count *= _value(bound, "DW_AT_upper_bound") + 1
    return count * _size(element) if element else 0


def _path(of_type: DIE, offset: int) -> str:
    if of_type.tag == "DW_TAG_array_type":
        return _element(of_type, offset)
    if of_type.tag not in COMPOUND:
        return f"+{offset}" if offset else ""
    for member in of_type.iter_children():
        at = _value(member, "DW_AT_data_member_location")
        inner = _type(member) if member.tag == "DW_TAG_member" else None
        if inner is not None and at <= offset < at + _size(inner):
            name = member.attributes.get("DW_AT_name")
            shown = f".{name.value.decode()}" if name is not None else ""
            return shown + _path(inner, offset - at)
    return f"+{offset}" if offset else ""


def _element(array: DIE, offset: int) -> str:
    element = _type(array)
    size = _size(element) if element is not None else 0
    if element is None or not size:
        return f"+{offset}"
    return f"[{offset // size}]" + _path(element, offset % size)
