"""Turns a folded line into the kinds of its gaps: what each blank stands between.

Most blanks are one blank. Those that may be more have a kind that neighbours
share: the gap before a macro's value, a member's name, an initialiser's `=`,
a trailing comment, a backslash, the end of a sentence.
"""

import re
from collections.abc import Sequence

# `#define NAME`, `# define NAME(a, b)`
DEFINE = re.compile(r"# ?define \w+(?:\([^)]*\))?")
# `unsigned long flags;`, `struct foo *bar[2];`, `u32 x : 3;`, `int (*f)(`: up to the name
DECLARATION = re.compile(
    r"""(?!(?:return|goto|else|case|delete)\b) (?:[A-Za-z_]\w*(?:\([\w, ]*\))?[ ])+?
    (?= (?:\*+[ ]?)? (?:const[ ])? \w+ (?:\[[^\]]*\])* (?:[ ]?:[ ]?\w+)? [;,=]
    |   (?:\*+[ ]?)? \w+ (?:\[[^\]]*\])* [ ]=
    |   \(\*)""",
    re.VERBOSE,
)
# `static int *foo(`: up to the name
FUNCTION = re.compile(r"(?!return\b|else\b|case\b|goto\b)(?:[A-Za-z_]\w*\*? )+(?=\**\w+\()")
# `a->b[1] = `, `*p |= `: an assignment up to its operator
ASSIGNED = re.compile(r"(?:[*(]*[A-Za-z_]|[.\[])[\w.>\[\]()-]* (?:[-+|&^*/]|<<|>>)?= ")
# `.name = `, `[3] = `, `LAMP_OFF = `
INITIALISER = re.compile(r"(?:\.[\w.]+(?:\[[^\]]*\])*|\[[^\]]*\]|[A-Za-z_]\w*) =")
# how a table's row begins: `{ 1, 2 },`, `"a", 1,`, `ENTRY(a, b)`
ROW = re.compile(r"[{\"'\d(A-Z]")
SENTENCE = (".", "!", "?")
# `mov`, `foo(`: what rows of a table begin with alike
FIRST = re.compile(r"[\w.]*[^\w]?")
# `-`, `1)`, `a.`: what a list's item begins with
BULLET = re.compile(r"(?:[-*+o]|\(?\w{1,2}[).:])$")
CLIKE = ("c", "dts", "asm")
# kinds that say nothing about each other: never compared with a neighbour's
LOOSE = frozenset({"o", "str", "cw", "br", "com"})
# kinds that become a column where the line is one of a table
PLAIN = frozenset({"o", "str", "br", "com", "mn", "1"})


def gap_kinds(kind: str, text: str, in_comment: bool) -> list[str]:
    """The kind of each blank of a folded line, left to right."""
    parts = text.split(" ")
    if len(parts) == 1:
        return []
    if kind == "make":
        return _make_gaps(parts)
    if kind not in CLIKE:
        return _prose_gaps(parts, kind)
    if in_comment or text.startswith(("/*", "//", "* ")):
        return _comment_gaps(parts, 0)
    return _code_gaps(parts, text, kind)


def bullet(word: str) -> str:
    """The class of a comment's first word."""
    if word.startswith("@"):
        return "@"
    return "-" if BULLET.match(word) else ""


def shape(kind: str, text: str) -> tuple[str, int] | None:
    """What lines of one table have in common, so far as a line can tell; None: no table."""
    words = text.count(" ")
    if not words or kind == "doc" or text.startswith(("*", "/*", "//", "#")):
        return None
    if kind == "dts":
        return ("<" if "=" not in text else "=", words)
    return (FIRST.match(text) or [""])[0], words


def in_table(kinds: Sequence[str]) -> list[str]:
    """The kinds of gaps of a line beside which one of the same shape stands."""
    return [f"t{min(i, 9)}" if k in PLAIN else k for i, k in enumerate(kinds)]


def _comment_gaps(parts: list[str], first: int) -> list[str]:
    kinds = []
    for index in range(len(parts) - 1):
        left, right = parts[index], parts[index + 1]
        if index == 0 and first == 0 and left in ("*", "/*", "//", "/**"):
            kinds.append("c*" + bullet(right))
        elif right == "*/":
            kinds.append("c/")
        elif left.endswith(SENTENCE):
            kinds.append("c.")
        elif left.endswith(":") or right in ("-", "=", ":"):
            kinds.append("c:")
        elif index == 1 and (left.startswith("@") or left in ("-", "*", "o")):
            kinds.append("c-")
        else:
            kinds.append("cw")
    return kinds


def _prose_gaps(parts: list[str], kind: str) -> list[str]:
    kinds = []
    for index in range(len(parts) - 1):
        left, right = parts[index], parts[index + 1]
        if left.endswith(SENTENCE):
            kinds.append("c.")
        elif right == "\\" and index == len(parts) - 2:
            kinds.append("bs")
        elif right.startswith("#"):
            kinds.append("tc")
        elif index == 0:
            kinds.append("kw" if kind == "kconfig" else "1")
        else:
            kinds.append("o")
    return kinds


def _make_gaps(parts: list[str]) -> list[str]:
    kinds = []
    for index in range(len(parts) - 1):
        left, right = parts[index], parts[index + 1]
        if right == "\\" and index == len(parts) - 2:
            kinds.append("bs")
        elif right in ("=", "+=", ":=", "?=", "::="):
            kinds.append("=")
        elif left in ("=", "+=", ":=", "?=", "::="):
            kinds.append("=2")
        elif right.startswith("#"):
            kinds.append("tc")
        else:
            kinds.append(":" if left.endswith(":") else "o")
    return kinds


def _code_gaps(parts: list[str], text: str, kind: str) -> list[str]:
    define = DEFINE.match(text)
    names = _names(text) if not define and kind != "asm" else {}
    equals = "=" if INITIALISER.match(text) and text[-1] in ",}" else "=a"
    row = not (define or names) and text[-1:] in ",})\\" and ROW.match(text) is not None
    kinds: list[str] = []
    at = -1
    quoted = False
    for index in range(len(parts) - 1):
        left, right = parts[index], parts[index + 1]
        at += len(left) + 1
        quoted ^= left.replace('\\"', "").count('"') % 2 == 1
        if quoted:
            kinds.append("str")
        elif right == "\\" and index == len(parts) - 2:
            kinds.append("bs")
        elif define and at <= define.end():
            kinds.append("def" if at == define.end() else "#" if at < 8 else "o")
        elif right.startswith(("/*", "//")):
            kinds.append("tc")
            return kinds + _comment_gaps(parts[index + 1 :], 1)
        elif at in names:
            kinds.append(names[at] if names[at] != "=" else equals)
        elif at - len(left) - 1 in names and names[at - len(left) - 1] == "=":
            kinds.append(equals + "2")
        elif right.startswith(":") and right != "::" and "decl" in kinds:
            kinds.append("bit")
        else:
            plain = _assembly_gap if kind == "asm" else _row_gap if row else _statement_gap
            kinds.append(plain(left, right, index))
    return kinds


def _names(text: str) -> dict[int, str]:
    """Where the declared name, the function's name or the `=` of an assignment follows."""
    found = {}
    for kind, pattern in (("fn", FUNCTION), ("decl", DECLARATION)):
        match = pattern.match(text)
        if match:
            found[match.end() - 1] = kind
    assigned = ASSIGNED.match(text)
    if assigned:
        found[text.rindex(" ", 0, assigned.end() - 1)] = "="
    return found


def _assembly_gap(left: str, right: str, index: int) -> str:
    if right[:1] in "@;":
        return "tc"
    return "mn" if index == 0 else "com" if left.endswith(",") else "o"


def _row_gap(left: str, right: str, index: int) -> str:
    return f"r{min(index, 6)}" if left.endswith(",") else _statement_gap(left, right, index)


def _statement_gap(left: str, right: str, index: int) -> str:
    if left.endswith("{") or right.startswith("}"):
        return "br"
    if index == 1 and left.endswith(":"):
        return "case"
    return "com" if left.endswith(",") else "o"
