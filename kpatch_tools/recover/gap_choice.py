"""Turns a line written so far, and what stands around it, into the choice of its next gap."""

from kpatch_tools.recover.choice import Choice, recalled
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.nesting import Nesting
from kpatch_tools.recover.slot import Ref, Slot, View
from kpatch_tools.recover.stand import where
from kpatch_tools.recover.whitespace import TAB, column, indent_of, tabs_between

# kinds of gaps that may lead to a column of their own
TABLE_GAPS = frozenset(
    {"def", "decl", "=", "=2", "=a", "tc", "bs", "mn", "kw", "1", "#", "bit", "fn"}
)
# what a wide gap is made of
SHAPES = {frozenset("\t"): "t", frozenset(" "): "b", frozenset(" \t"): "m"}


def gap_choice(slot: Slot, index: int, before: str, view: View) -> Choice:
    """The choice of the gap number `index` (0-based), with `before` written so far."""
    sort = slot.kinds[index]
    if sort in LOOSE:
        return _loose_choice(slot, index, view)
    at = column(before)
    ref, author = view.gaps[slot.telling.index(sort)]
    ahead = slot.next_gaps.get(sort)
    spaces = _gap_spaces(sort, at)
    spaces.update(_towards("c", ref, at))
    spaces.update(_towards("x", ahead, at))
    spaces.update(_fitting(slot.fits.get(sort), indent_of(before), at))
    spaces.update(_evident(slot, index))
    if sort == "c*" and isinstance(view.stand, Nesting) and view.stand.hang > at:
        spaces["h"] = _mixed(at, view.stand.hang)
        spaces["hb"] = " " * (view.stand.hang - at)
    near, next_ = _relation(ref, at), _relation(ahead, at)
    name = f"{slot.kind} {sort}"
    contexts = [
        f"g1 {name} {near} {next_}", f"g2 {name} {near}", f"g3 {name} {next_}", f"g4 {name}",
        f"g5 {near} {next_}", f"g6 {near}", "g7",
    ]  # fmt: skip
    if sort.startswith("c*"):
        contexts.append(f"g8 {sort} {where(view.stand, slot.text, slot.kind).ended} {near[:2]}")
    usual = slot.usual.get("g" + sort)
    return Choice(contexts, spaces, [*recalled("gA", name, author), *recalled("gU", name, usual)])


def _loose_choice(slot: Slot, index: int, view: View) -> Choice:
    """The choice of a gap that no neighbour tells about: is it more than one blank?"""
    sort = slot.kinds[index]
    spaces = {"s": " ", "t": "\t", "2": "  ", "tt": "\t\t", "3": "   ", **_evident(slot, index)}
    remembered = zip("NAU", (*view.loose, slot.usual.get("g")), strict=True)
    recalls = [
        recall for source, names in remembered for recall in recalled(f"l{source}", sort, names)
    ]
    return Choice([f"g {slot.kind} {sort}", f"g {sort}", "g"], spaces, recalls)


def _evident(slot: Slot, index: int) -> dict[str, str]:
    """The gap of the line that this one repeats, if it has one there."""
    name, space = slot.pair_gaps[index] if slot.pair_gaps else ("", "")
    return {name: space} if name else {}


def _gap_spaces(sort: str, at: int) -> dict[str, str]:
    spaces = {
        "s": " ",
        "t": "\t",
        "2": "  ",
        "tt": "\t\t",
        "ttt": "\t\t\t",
        "3": "   ",
        "4": "    ",
    }
    if sort.startswith("c*"):
        spaces.update({str(n): " " * n for n in range(5, 10)})
    if sort in TABLE_GAPS or sort[0] in "tr":
        for to in range(2 * TAB, 11 * TAB, TAB):
            if to > at:
                spaces["@" + str(to)] = tabs_between(at, to)
    return spaces


def _towards(name: str, ref: Ref | None, at: int) -> dict[str, str]:
    """Ways to do as the gap nearby does: its space, or up to its column."""
    if ref is None:
        return {}
    found = {name + "=": ref.space}
    if ref.column > at:
        found[name + "b"] = " " * (ref.column - at)
        if ref.column % TAB == 0:
            found[name + "t"] = tabs_between(at, ref.column)
        else:
            found[name + "m"] = _mixed(at, ref.column)
    return found


def _mixed(at: int, to: int) -> str:
    """Tabs and then blanks from column to column."""
    tabs = to // TAB - at // TAB
    return "\t" * tabs + " " * (to % TAB) if tabs else " " * (to - at)


def _fitting(fit: tuple[int, int] | None, indent: str, at: int) -> dict[str, str]:
    """Up to the column that the longest row of the table needs.

    `fit`: that column for rows whose text stands in the file, and the
    longest text of rows still to be written, without their indent.
    """
    if fit is None:
        return {}
    longest = max(fit[0], column(indent) + fit[1], at)
    stop = longest // TAB * TAB + TAB
    return {
        "ft": tabs_between(at, stop),
        "fx": " " * (stop - at),
        "fb": " " * (longest + 1 - at),
        "fm": _mixed(at, longest + 1),
    }


def _relation(ref: Ref | None, at: int) -> str:
    if ref is None:
        return "-"
    shape = "s" if ref.space == " " else SHAPES[frozenset(ref.space)]
    reach = ">" if ref.column > at else "="
    return shape + reach + str(ref.far)
