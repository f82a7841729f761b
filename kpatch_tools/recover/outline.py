"""Turns lines of Kconfig, make, assembly, scripts and prose into where the next may begin.

These have no brackets to follow: what helps is the indents above, the words
that lines begin with, and where the words of the line above stand.
"""

import re
from typing import NamedTuple

from kpatch_tools.recover.places import Places
from kpatch_tools.recover.whitespace import column, fold, indent_of, shallower, tabbed

KEYWORDS = {
    "kconfig": re.compile(
        r"""(?:config|menuconfig|bool|tristate|string|int|hex|depends|select|imply|help|default
        |def_bool|def_tristate|prompt|if|endif|menu|endmenu|source|range|choice|endchoice
        |comment|visible|mainmenu|option|modules)$""",
        re.VERBOSE,
    ),
    "make": re.compile(r"(?:ifeq|ifneq|ifdef|ifndef|endif|else|include|define|endef|export)$"),
    "script": re.compile(
        r"""(?:if|then|else|elif|fi|for|while|do|done|case|esac|return|def|class|elsif|sub|my
        |import|from|try|except|with|function|local|echo|exit)$""",
        re.VERBOSE,
    ),
}
# `obj-$(CONFIG_X) += x.o`, `CFLAGS := y`
ASSIGNMENT = re.compile(r"[\w.$()/%@-]+ ?[:+?]?=")
TARGET = re.compile(r"[^=]*:")
# `key: value`, `key:` of YAML
KEY = re.compile(r"[\w$\"',-]+:(?: |$)")


class Outline(NamedTuple):
    """Where the next line stands.

    `above`: indent of the last line that was not blank, `word` how it began,
    `ended` how it ended, `second` the column of its second word (-1: none).
    `indents`: the ever smaller indents above it, innermost first. `recent`:
    the last indent of each class of first word.
    """

    above: str = ""
    word: str = "blank"
    ended: str = "w"
    blank: bool = True
    second: int = -1
    indents: tuple[str, ...] = ()
    recent: tuple[tuple[str, str], ...] = ()

    def advanced(self, line: str, kind: str) -> "Outline":
        text = fold(line)
        if not text:
            return self._replace(blank=True)
        indent = indent_of(line)
        word = plain_word(text, kind)
        here = column(indent)
        words = line[len(indent) :].split(None, 1)
        second = column(line[: len(line) - len(words[1].lstrip())]) if len(words) > 1 else -1
        return Outline(
            above=indent,
            word=word,
            ended=_ending(text),
            blank=False,
            second=second,
            indents=(indent, *(i for i in self.indents if column(i) < here))[:6],
            recent=((word, indent), *(r for r in self.recent if r[0] != word))[:10],
        )


def _ending(text: str) -> str:
    """How a line ends: whether a deeper one, or its continuation, is to be expected."""
    if text.rsplit(" ", 1)[-1] in ("then", "do", "else"):
        return "{"
    return text[-1] if text[-1] in "\\:{,;([" else "w"


def plain_word(text: str, kind: str) -> str:
    """The class of a folded line by how it begins."""
    if not text:
        return "blank"
    word = text.split(" ", 1)[0].rstrip(";:(")
    keywords = KEYWORDS.get(kind)
    if keywords is not None and keywords.match(word):
        return word
    if text[0] == "#":
        return "#"
    if kind == "make":
        if text[0] in "$@":
            return "recipe"
        if ASSIGNMENT.match(text):
            return "="
        return ":" if TARGET.match(text) else "w"
    if kind == "asm":
        return _assembly_word(text)
    if kind == "script" and text[0] not in "-" and KEY.match(text):
        return "key"
    if text[0] in "-*.:}{])\"'|<>/":
        return text[0]
    return "0" if text[0].isdigit() else "w"


def _assembly_word(text: str) -> str:
    if text.startswith(("/*", "//")):
        return "/*"
    if text[0] in "*.":
        return text[0]
    return "label" if text.split(" ", 1)[0].endswith(":") else "w"


def plain_places(outline: Outline, text: str, kind: str) -> Places:
    """Every named place for a line; empty text has none but column 0."""
    if not text:
        return {"z": ""}
    above = outline.above
    places = {
        "z": "", "a": above, "a+": above + "\t", "a-": shallower(above), "t": "\t", "t2": "\t  ",
        "a2": above + "  ", "a4": above + "    ", "a8": above + " " * 8, "b2": "  ", "b4": "    ",
        "a3": above + "   ", "l1": " ", "c*": above + " ", "tt": "\t\t", "a1": above[:-1],
    }  # fmt: skip
    here = column(above)
    for step in (2, 4):
        places[f"v{step}"], places[f"v-{step}"] = tabbed(here + step), tabbed(here - step)
    for depth, indent in enumerate(outline.indents[1:4]):
        places["u" + str(depth)] = indent
    if outline.second >= 0:
        places["w2"] = tabbed(outline.second)
        places["w2b"] = " " * outline.second
        places["w2t"] = "\t" * (outline.second // 8)
    word = plain_word(text, kind)
    for seen, indent in outline.recent:
        if seen == word:
            places["same"] = indent
        elif seen == "help":
            places["h2"] = indent + "  "
    return places
