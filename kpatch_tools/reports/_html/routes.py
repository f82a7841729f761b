"""Turns the routes of a symbol's uses into a drawing: who calls now, by which hops, what runs.

    putback_movable_pages -> putback_movable_page -> mapping->a_ops->putback_page -> ...

Hops of one name are one box; a box stands as far to the right as its latest place in
any route. What goes through a table of functions has a broken frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpatch_tools.reports._html.writing import Html, code, items, joined, tag, text
from kpatch_tools.reports._plain import plain

# Widths and heights in the drawing's own units; letters are made to fit their width.
LETTER = 7
PAD = 8
BOX = 24
BOX_OF_TWO = 38
GAP = 14
REACH = 44
ARROW = 6

Route = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A hop where it is drawn."""

    hop: str
    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


def drawing(symbol: str, routes: Sequence[Route]) -> Html:
    """The routes as a figure; its caption says them in words."""
    distinct = list(dict.fromkeys(routes))
    boxes = _boxes(distinct)
    by_hop = {box.hop: box for box in boxes}
    edges = dict.fromkeys(pair for route in distinct for pair in pairwise(route))
    ends = {route[-1] for route in distinct}
    width = max(box.left + box.width for box in boxes) + 2
    height = max(box.top + box.height for box in boxes) + 2
    picture = tag(
        "svg",
        *(_edge(by_hop[one], by_hop[other]) for one, other in edges),
        *(_drawn(box, last=box.hop in ends) for box in boxes),
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=f"Routes that replace {symbol}",
    )
    said = items((joined(map(code, route), text(" → ")) for route in distinct), "routes")
    scrolled = tag(
        "div",
        picture,
        class_="scroll",
        role="group",
        tabindex="0",
        aria_label=f"Drawing of the routes that replace {symbol}",
    )
    return tag("figure", scrolled, tag("figcaption", said), class_="graph")


def _boxes(routes: Sequence[Route]) -> list[Box]:
    """By column, in each from top to bottom as they first come."""
    columns: dict[int, list[str]] = {}
    for hop in dict.fromkeys(hop for route in routes for hop in route):
        column = max(route.index(hop) for route in routes if hop in route)
        columns.setdefault(column, []).append(hop)
    boxes: list[Box] = []
    left = 1
    for column in sorted(columns):
        width = max(_width(hop) for hop in columns[column])
        top = 1
        for hop in columns[column]:
            height = BOX_OF_TWO if len(_parts(hop)) > 1 else BOX
            above = [box.top for box in boxes if _leads(routes, box.hop, hop)]
            top = max(top, min(above, default=top))
            boxes.append(Box(hop, left, top, width, height))
            top += height + GAP
        left += width + REACH
    return boxes


def _leads(routes: Sequence[Route], one: str, other: str) -> bool:
    return any((one, other) in pairwise(route) for route in routes)


def _parts(hop: str) -> list[str]:
    """ "balloon_page_isolate via balloon_aops" stands on two lines."""
    name, via, table = plain(hop).partition(" via ")
    return [name, f"via {table}"] if via else [name]


def _width(hop: str) -> int:
    return max(len(part) for part in _parts(hop)) * LETTER + 2 * PAD


def _drawn(box: Box, *, last: bool) -> Html:
    class_ = "hop table" if "->" in box.hop else "hop end" if last else "hop"
    shape = tag("rect", x=box.left, y=box.top, width=box.width, height=box.height, rx=3)
    parts = _parts(box.hop)
    first = box.top + box.height // 2 + (4 if len(parts) == 1 else -2)
    words = [
        tag(
            "text",
            text(part),
            x=box.left + PAD,
            y=first + 13 * number,
            textLength=len(part) * LETTER,
            lengthAdjust="spacingAndGlyphs",
            class_="via" if number else None,
        )
        for number, part in enumerate(parts)
    ]
    return tag("g", shape, *words, class_=class_)


def _edge(one: Box, other: Box) -> Html:
    """From the right of a box to the left of the other; back around below where that is behind."""
    start, end = one.left + one.width, other.left
    if start < end:
        bend = (end - start) // 2
        line = (
            f"M{start} {one.middle}C{start + bend} {one.middle} {end - bend} {other.middle}"
            f" {end} {other.middle}"
        )
    else:
        below = max(one.top + one.height, other.top + other.height) + GAP
        line = (
            f"M{start} {one.middle}C{start + REACH} {below} {end - REACH} {below}"
            f" {end} {other.middle}"
        )
    head = (
        f"M{end - ARROW} {other.middle - 3}L{end} {other.middle}L{end - ARROW} {other.middle + 3}"
    )
    return tag("path", d=line + head, class_="edge")
