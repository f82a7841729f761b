"""Turns text into HTML that is only text, and pieces of HTML into elements.

`Html` is markup of ours; a string of the series becomes one by `text` alone, so
that the type checker finds a place where it would stand unescaped.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import NewType

from kpatch_tools.reports._plain import plain

Html = NewType("Html", str)

NOTHING = Html("")
SPACE = Html(" ")
MINUS = "\N{MINUS SIGN}"
VOID = frozenset({"br", "hr", "meta", "rect", "path", "line"})


def text(value: object) -> Html:
    """The value as text: `<` and its like escaped, controls written as `\\u001b`."""
    return Html(escape(plain(str(value))))


def joined(parts: Iterable[Html], between: Html = NOTHING) -> Html:
    """The pieces one after the other."""
    return Html(between.join(parts))


def tag(name: str, *children: Html, **attributes: str | int | None) -> Html:
    """An element. Attributes of the value None are left out, those of "" have no value.

    `class_` is class, `aria_label` is aria-label; values are escaped here.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>") if name in {"br", "hr", "meta"} else _drawn(name, written)
    return Html(f"<{name}{written}>{''.join(children)}</{name}>")


def _drawn(name: str, written: str) -> Html:
    return Html(f"<{name}{written}/>")


def _attribute(key: str, value: str | int | None) -> str:
    if value is None:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value == "" else f' {name}="{text(value)}"'


def code(value: object, class_: str | None = None) -> Html:
    """A name, a path or a line of C."""
    return tag("code", text(value), class_=class_)


def breakable(path: str) -> Html:
    """A path that is broken behind a slash where it does not fit."""
    return tag("code", joined(map(text, path.split("/")), Html("/<wbr>")))


def link(target: str, *children: Html, **attributes: str | None) -> Html:
    """A link within the page. `target` is an id."""
    return tag("a", *children, href=f"#{target}", **attributes)


def items(parts: Iterable[Html], class_: str | None = None) -> Html:
    """A list; nothing where there is no part."""
    rows = [tag("li", part) for part in parts]
    return tag("ul", *rows, class_=class_) if rows else NOTHING


def folded(summary: Html, *children: Html, **attributes: str | None) -> Html:
    """What is shown when asked for."""
    return tag("details", tag("summary", summary), *children, **attributes)


def counted(number: int, noun: str) -> str:
    """ "1 file", "2,000 files", "3 patches"."""
    many = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"


def tally(counts: Mapping[str, int]) -> str:
    """ "2 exact, 1 offset", sorted by name; "none"."""
    told = (f"{count:,} {name}" for name, count in sorted(counts.items()) if count)
    return ", ".join(told) or "none"


def counting(words: Iterable[str]) -> str:
    """The tally of the words."""
    return tally(Counter(words))
