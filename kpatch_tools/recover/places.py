"""Turns a nesting and a line's words into the named places where the line may begin.

A place is a name and the indent it means here: `a` as above, `b+` one tab
inside the block, `p` behind the open parenthesis. Several names may mean the
same indent; which of them tend to be right is learned (see weights).
"""

from collections.abc import Iterator

from kpatch_tools.recover.brackets import CASE, LABEL, Open
from kpatch_tools.recover.nesting import Nesting
from kpatch_tools.recover.whitespace import TAB, column, shallower, tabbed

Places = dict[str, str]

FIRST = {
    "": "blank", "#": "#", "}": "}", ")": ")", "{": "{", '"': '"', ".": ".", "[": "[",
    "&": "&", "|": "|", "?": "?", ":": "?", "+": "+", "-": "+", "<": "<", "(": "(", "\\": "\\",
    "*": "*",
}  # fmt: skip


def first_word(text: str) -> str:
    """The class of a folded C line by how it begins."""
    if not text:
        return "blank"
    if text.startswith(("/*", "//")):
        return "/*"
    head = text[0]
    if head in FIRST:
        return FIRST[head]
    if head.isdigit():
        return "0"
    if CASE.match(text):
        return "case"
    if LABEL.match(text):
        return "label"
    return "else" if text.startswith("else") else "w"


def mode(nesting: Nesting) -> str:
    """In one word, what kind of place the next line stands in."""
    inside = "m" if nesting.outer is not None else ""
    if nesting.comment is not None:
        return inside + "c"
    top = nesting.top
    if top is not None and top.bracket != "{":
        deeper = len(nesting.opens) > 1 and nesting.opens[-2].bracket != "{"
        return inside + top.bracket + ("(" if deeper else "") + ("|" if top.column < 0 else "")
    block = nesting.block
    where = block.kind[0] if block is not None else "t"
    if nesting.statement is not None:
        return inside + where + "s" + ("=" if nesting.statement.assigned >= 0 else "")
    if nesting.controls:
        return inside + where + "k" + str(min(2, len(nesting.controls)))
    return inside + where


def c_places(nesting: Nesting, text: str) -> Places:
    """Every named place for a line of C; empty text has none but column 0."""
    if not text:
        return {"z": ""}
    if nesting.comment is not None:
        return _comment_places(nesting.comment, nesting.above)
    places = {"z": "", **_relative(nesting.above)}
    places.update(_block_places(nesting))
    if nesting.statement is not None or (nesting.opens and nesting.opens[-1].bracket != "{"):
        places.update({"#" + str(n): "\t" * n for n in range(1, 9)})
    top = nesting.top
    if top is not None and top.bracket != "{":
        outer = nesting.opens[-2] if len(nesting.opens) > 1 else None
        places.update(_bracket_places(top, outer))
    if nesting.statement is not None:
        places.update(_statement_places(nesting.statement.indent, nesting.statement.assigned))
    if LABEL.match(text):
        places["l1"] = " "
    return places


def _relative(above: str) -> Places:
    places = {"a": above, "a+": above + "\t", "a-": shallower(above)}
    places["a--"] = shallower(places["a-"])
    if "  " in above or not above:
        places["a4"] = above + "    "
        places["a8"] = above + " " * TAB
        places["a-4"] = above[:-4] if above.endswith("    ") else above
        places["a-8"] = above[:-8] if above.endswith(" " * TAB) else above
        places["a2"] = above + "  "
    return places


def _comment_places(comment: str, above: str) -> Places:
    return {
        "c*": comment + " ", "c": comment, "a": above, "c3": comment + "   ", "z": "",
        "c2": comment + "  ", "c+": comment + "\t", "c4": comment + "    ", "a+": above + "\t",
    }  # fmt: skip


def _block_places(nesting: Nesting) -> Places:
    block = nesting.block
    base = block.indent if block is not None else ""
    places = {"b": base}
    if block is not None or nesting.outer is not None:
        places["b+"] = base + "\t"
        places["b++"] = base + "\t\t"
    if block is not None and block.column >= 0:
        places["B"] = tabbed(block.column)
    if block is not None and block.inner is not None:
        places["n"] = block.inner
        places["n+"] = block.inner + "\t"
        places["n-"] = shallower(block.inner)
    if nesting.controls:
        places["k"] = nesting.controls[-1]
        places["k+"] = nesting.controls[-1] + "\t"
        places["k0"] = nesting.controls[0]
        if "  " in nesting.controls[-1]:
            places["k8"] = nesting.controls[-1] + " " * TAB
    return places


def _bracket_places(top: Open, outer: Open | None) -> Places:
    line = top.indent
    places = {"o": line, "o+": line + "\t", "o++": line + "\t\t", "o4": line + "    "}
    if top.column >= 0:
        at = top.column
        places["p"] = tabbed(at)
        places["pT"] = "\t" * (at // TAB)
        places["pU"] = "\t" * ((at + TAB - 1) // TAB)
        places["pS"] = line + " " * (at - column(line))
        places["p-1"] = tabbed(at - 1)
        places["p+1"] = tabbed(at + 1)
        places["p+2"] = tabbed(at + 2)
        places["p+t"] = tabbed(at) + "\t" if at % TAB == 0 else tabbed(at + TAB)
    if outer is not None and outer.bracket != "{":
        places["q"] = tabbed(outer.column)
        places["qo+"] = outer.indent + "\t"
    return places


def _statement_places(indent: str, assigned: int) -> Places:
    places = {"s" + str(n): indent + "\t" * n for n in range(6)}
    places["s2b"] = indent + "  "
    places["s4b"] = indent + "    "
    places["s8b"] = indent + " " * TAB
    if assigned >= 0:
        places["="] = tabbed(assigned)
        places["=T"] = "\t" * (assigned // TAB)
        places["=U"] = "\t" * ((assigned + TAB - 1) // TAB)
        places["=+"] = tabbed(assigned + 1)
        places["=-"] = tabbed(assigned - 2)
    return places


def by_indent(places: Places) -> Iterator[tuple[str, list[str]]]:
    """Each distinct indent with all names that mean it, in order of first name."""
    grouped: dict[str, list[str]] = {}
    for name, indent in places.items():
        grouped.setdefault(indent, []).append(name)
    yield from grouped.items()
