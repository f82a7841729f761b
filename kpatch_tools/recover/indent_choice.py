"""Turns a line that is to be written, and what stands around it, into the choice of its indent."""

from kpatch_tools.recover.choice import Choice, recalled
from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.slot import Slot, View
from kpatch_tools.recover.stand import Where, places, where
from kpatch_tools.recover.whitespace import column, indent_of, shallower, tabbed


def indent_choice(slot: Slot, view: View) -> Choice:
    """The choice of a line's indent."""
    at = where(view.stand, slot.text, slot.kind)
    spaces = places(view.stand, slot.text, slot.kind)
    spaces.update(_evident_indents(slot, view.shift))
    spaces = {name: space for name, space in spaces.items() if bool(space) == slot.led}
    if not spaces:
        spaces = {"led": "\t" if slot.led else ""}
    remembered = (view.near, view.author, slot.usual.get(at.habit), slot.pair_held)
    recalls = [
        recall
        for source, names in zip("NAUR", remembered, strict=True)
        for recall in recalled(f"{slot.kind}{source}", at.habit, names)
    ]
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
