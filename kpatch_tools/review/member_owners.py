"""Fills in of which struct the members of an Index are, and narrows it to those of some structs."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.typing.places import Places
from kpatch_tools.domain import Index, Reference, Skipped, Tree
from kpatch_tools.review.members import UNTOLD, told_owners
from kpatch_tools.review.reach import Numbers, Reach
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.units import Units

Asked = Mapping[str, frozenset[str]]
"""By the member's name, the structs that are asked for."""
# So many files are read for the structs of their members where none is asked for.
MANY = 500
MENTIONS = frozenset({"comment", "documentation", "build"})
DECLARES = frozenset({"definition", "prototype"})
# What a token may read like that is a member: `m` in `each(pos, head, m)` too.
ACCESSES = frozenset({"member", "address", "other", "macro-argument", "type"})
Line = tuple[str, int, str]


def with_owners(index: Index, tree: Tree, reading: Reading, asked: Asked) -> Index:
    """The Index with the owner of each member that the type of its object tells.

    Of a name that is asked for by its struct, only files that may see a
    definition of the struct are read; elsewhere its members are of others and
    left out. Where no struct is asked for and very many files name members,
    none is read.
    """
    units = Units(tree, reading, Reach(tree, reading, Numbers()))
    index = _seen(index, units, asked)
    named: dict[str, set[str]] = {}
    for each in index.references:
        if _may_access(each):
            named.setdefault(each.place.path, set()).add(each.symbol)
    told: dict[Line, list[str | None]] = {}
    if asked or len(named) <= MANY:
        for path in sorted(named):
            _tell(path, named[path], units, told)
    return replace(index, references=tuple(_filled(index.references, told)))


def _filled(
    references: Sequence[Reference], told: Mapping[Line, Sequence[str | None]]
) -> Iterator[Reference]:
    """The references with what was told of the tokens of their lines, in order.

    Where more stands on a line than was told, a member takes the one owner told.
    """
    counts = Counter(_line(each) for each in references if _is_code(each))
    met = Counter[Line]()
    for each in references:
        line = _line(each)
        found = told.get(line, ())
        if not _is_code(each) or not found:
            yield each
            continue
        exact = len(found) == counts[line]
        owner = found[met[line]] if exact else _only(found) if each.kind == "member" else None
        met[line] += 1
        if owner is None or each.kind in DECLARES:
            yield each
        else:
            yield replace(each, kind="member", owner=owner)


def _seen(index: Index, units: Units, asked: Asked) -> Index:
    """Without members of names asked for in files that see no definition of their struct."""
    homes: dict[str, int] = {}
    for symbol in index.symbols:
        if symbol.kind == "member" and symbol.owner in asked.get(symbol.name, ()):
            homes[symbol.name] = homes.get(symbol.name, 0) | units.bit(symbol.place.path)
    kept = tuple(
        each
        for each in index.references
        if each.symbol not in homes
        or not _may_access(each)
        or units.visible(each.place.path) & homes[each.symbol]
    )
    return replace(index, references=kept)


def _is_code(reference: Reference) -> bool:
    """Whether a token of the file's code stands for the reference."""
    return reference.kind not in MENTIONS and not reference.made and is_c(reference.place.path)


def _may_access(reference: Reference) -> bool:
    return reference.kind in ACCESSES and _is_code(reference)


def _line(reference: Reference) -> Line:
    return reference.place.path, reference.place.line, reference.symbol


def _only(owners: Sequence[str | None]) -> str | None:
    known = {owner for owner in owners if owner is not None}
    return known.pop() if len(known) == 1 else None


def _tell(path: str, names: set[str], units: Units, told: dict[Line, list[str | None]]) -> None:
    """Add what each code token of the names is, in order: an owner, "" untold, None no member."""
    places = units.places(path)
    code = places.text.code
    for name in sorted(names):
        line = 1
        last = 0
        for match in re.finditer(rf"\b{name}\b", code):
            line += code.count("\n", last, match.start())
            last = match.start()
            told.setdefault((path, line, name), []).append(_owners(places, match.start()))


def _owners(places: Places, offset: int) -> str | None:
    owner = places.owner(offset)
    if owner is None:
        return None
    owners = told_owners(owner)
    if not owners and places.macro_around(offset) is not None:
        sites = places.sites(offset) or ()
        owners = frozenset(each for site in sites for each in told_owners(site.owner))
    return " or ".join(sorted(owners))


def only_of(index: Index, asked: Asked) -> Index:
    """Of members that are asked for by their struct, its own alone; untold ones are unclassified.

    Definitions of such a member stay where they are of the struct.
    """
    defined = {(s.place, s.name) for s in index.symbols if s.owner in asked.get(s.name, ())}
    kept: list[Reference] = []
    untold: list[Skipped] = []
    for each in index.references:
        owners = asked.get(each.symbol)
        if owners is None:
            kept.append(each)
        elif each.kind == "member" and not each.owner:
            untold.append(Skipped(each.place, UNTOLD, each.symbol))
        elif each.kind == "member" and not owners.isdisjoint(each.owner.split(" or ")):
            kept.append(each)
        elif each.kind == "definition" and (each.place, each.symbol) in defined:
            kept.append(replace(each, owner=min(owners)))
    return replace(index, references=tuple(kept), unclassified=(*index.unclassified, *untold))
