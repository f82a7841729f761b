"""Turns a line that is to be written, and what stands around it, into choices.

One choice for its indent, one for each gap. What is known: the stand (where
the line begins), the row's neighbours, its pair, and what was chosen before.
"""

from kpatch_tools.recover.choice import Choice, Recall
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.nesting import Nesting
from kpatch_tools.recover.slot import Ref, Slot, View
from kpatch_tools.recover.stand import Where, places, where
from kpatch_tools.recover.whitespace import (
    TAB,
    column,
    indent_of,
    shallower,
    tabbed,
    tabs_between,
)

# kinds of gaps that may lead to a column of their own
TABLE_GAPS = frozenset(
    {"def", "decl", "=", "=2", "=a", "tc", "bs", "mn", "kw", "1", "#", "bit", "fn"}
)
# what a wide gap is made of
SHAPES = {frozenset("\t"): "t", frozenset(" "): "b", frozenset(" \t"): "m"}


def indent_choice(slot: Slot, view: View) -> Choice:
    """The choice of a line's indent."""
    at = where(view.stand, slot.text, slot.kind)
    spaces = places(view.stand, slot.text, slot.kind)
    spaces.update(_evident_indents(slot, view.shift))
    spaces = {name: space for name, space in spaces.items() if bool(space) == slot.led}
    if not spaces:
        spaces = {"led": "\t" if slot.led else ""}
    remembered = (
        ("N", view.near),
        ("A", view.author),
        ("U", slot.usual.get(at.habit)),
        ("R", slot.pair_held),
    )
    recalls = []
    for source, names in remembered:
        if names is not None:
            recalls.append(Recall(f"{slot.kind}{source} {at.habit}", *names))
            recalls.append(Recall(f"{slot.kind}{source}", *names))
    return Choice(_indent_contexts(slot.kind, at, slot.following), spaces, recalls)


def _indent_contexts(kind: Kind, at: Where, following: str) -> list[str]:
    gap = "_" if at.blank else "."
    return [
        f"{kind}1 {at.mode} {at.word} {at.ended}{gap}",
        f"{kind}2 {at.mode} {at.word}",
        f"{kind}3 {at.mode}",
        f"{kind}4 {at.word} {following} {at.ended}",
        f"{kind}5 {at.word}",
        f"{kind}6",
    ]


def _evident_indents(slot: Slot, shift: int | None) -> dict[str, str]:
    found = {}
    if slot.pair is not None:
        indent = indent_of(slot.pair.line)
        if shift is None:
            found[slot.pair.name] = indent
        elif shift == 0:
            found[slot.pair.name + "0"] = indent
        else:
            found[slot.pair.name + ">"] = tabbed(column(indent) + shift)
            found[slot.pair.name + "<"] = indent
    elif slot.same is not None:
        found["dic"] = indent_of(slot.same)
    if slot.ahead is not None:
        close = "1" if slot.distance == 1 else "2" if slot.distance < 4 else "4"
        found["x" + close] = slot.ahead
        found["x+" + close] = slot.ahead + "\t"
        found["x-" + close] = shallower(slot.ahead)
    return found


def gap_choice(slot: Slot, index: int, before: str, view: View) -> Choice:
    """The choice of the gap number `index` (0-based), with `before` written so far."""
    sort = slot.kinds[index]
    evident = slot.pair_gaps[index] if slot.pair_gaps else ("", "")
    if sort in LOOSE:
        spaces = {"s": " ", "t": "\t", "2": "  ", "tt": "\t\t", "3": "   "}
        if evident[0]:
            spaces[evident[0]] = evident[1]
        remembered = zip("NAU", (*view.loose, slot.usual.get("g")), strict=True)
        recalls = [
            recall
            for source, names in remembered
            if names is not None
            for recall in (Recall(f"l{source} {sort}", *names), Recall(f"l{source}", *names))
        ]
        return Choice([f"g {slot.kind} {sort}", f"g {sort}", "g"], spaces, recalls)
    at = column(before)
    ref, author = view.gaps[slot.telling.index(sort)]
    ahead = slot.next_gaps.get(sort)
    spaces = _gap_spaces(sort, at)
    spaces.update(_towards("c", ref, at))
    spaces.update(_towards("x", ahead, at))
    spaces.update(_fitting(slot.fits.get(sort), indent_of(before), at))
    if evident[0]:
        spaces[evident[0]] = evident[1]
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
    recalls = []
    for source, names in (("gA", author), ("gU", slot.usual.get("g" + sort))):
        if names is not None:
            recalls += [Recall(f"{source} {name}", *names), Recall(source, *names)]
    return Choice(contexts, spaces, recalls)


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
