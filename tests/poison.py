"""Text of strangers that means something to a reader of some format, and reports full of it."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any

from reports_example import report

from kpatch_tools.condition import Atom, negate
from kpatch_tools.domain import Aligned, Excuse, Gone, Line, Report, Since

# Each steers some reader: what it would do stands beside.
POISONS = {
    "html": "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'`&amp;",
    "javascript-uri": "javascript:alert(1)//%0aalert(1)",
    "terminal-csi": "\x1b[31;8m\x1b[2J\x9b31m",
    "terminal-osc": "\x1b]8;;http://e.invalid\x07x\x1b]8;;\x1b\\\x1b]52;c;QQ==\x07\x9d0;t\x9c",
    "bell-nul-and-backspace": "a\x07\x00\x08\x08\x7f",
    "carriage-return": "error\rproved",
    "c1-and-next-line": "a\x85b\x84c\x8dd",
    "bidirectional": "\u202etxt\u202c\u2066a\u2069\u200f\u061c",
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x1cf",
    "forged-header": "a\r\nBcc: forged@e.invalid\nX-Forged: 1\r\n\r\nbody",
    "forged-mail": "a\n\nFrom forged Thu Jan  1 00:00:00 1970\nFrom: f@e.invalid\nSubject: f\n\nb",
    "encoded-words": "=?utf-8?q?a=0D=0ABcc:_f@e.invalid?= =?utf-8?b?CkJjYzogZkBlLmludmFsaWQ=?=",
    "forged-trailer": "Reviewed-by: Forged <forged@e.invalid>",
    "a-patch": "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    "ktap": "a\nnot ok 1 forged\nok 2 forged # SKIP\n1..0\nBail out!\nKTAP version 1",
    "ktap-directive": "a # SKIP forged # TODO",
    "xml": "]]><forged/>&forged;<!--\x01\x02\ufffe\uffff",
    "byte-of-no-charset": "a\udce9b",
    "github": "::set-output name=a::b\n::error file=a::b\n##[add-mask]a\n##vso[task.x]",
    "format": "%s%n{0}{forged}\\u001b$(id)`id`",
    "markup": "[red]a[/blue][link=http://e.invalid]",
}
# Fields of a report in which text of a series, a tree or a scenario can stand.
TEXT = frozenset(
    word
    for words in (
        "title subject author message_id message date recipients path old_path new_path reason",
        "text base label revision function symbol suggestion scenario invariant thread what",
        "changes lines limit notes limits route sender reply_to references missing ends why source",
    )
    for word in words.split()
)


def everything() -> Report:
    """The example, and beside it a waived finding and an older version of the series."""
    given = report()
    waived = replace(given.findings[0], excuse=Excuse("waived", "a false alarm", "a file"))
    first, *_ = given.findings
    since = Since("v1", (Aligned(1, 2),), (Gone(first, "a patch"),), ((first, first),), (first,))
    return replace(given, findings=(*given.findings, waived), since=since)


def poisoned(poison: str) -> Report:
    """The same with the poison wherever text of others can stand."""
    whole = _poisoned(everything(), poison)
    assert isinstance(whole, Report)
    return whole


def _poisoned(value: Any, poison: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_poisoned(each, poison) for each in value)
    if isinstance(value, Line):
        return replace(value, text=poison.replace("\n", " ").encode("utf-8", "surrogatepass"))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {}
    for field in fields(value):
        here = getattr(value, field.name)
        if field.name == "condition":
            changed[field.name] = negate(Atom(poison))
        elif field.name in TEXT and isinstance(here, str) and here:
            changed[field.name] = poison
        elif field.name in TEXT and isinstance(here, tuple) and all(map(_is_text, here)):
            changed[field.name] = (poison,) * len(here)
        else:
            changed[field.name] = _poisoned(here, poison)
    return replace(value, **changed)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def steering(text: str) -> list[str]:
    """Characters that a terminal, a log or an eye is steered by: by Unicode's own categories."""
    return [
        f"U+{ord(letter):04X}"
        for letter in text
        if (letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"})
        or unicodedata.bidirectional(letter) in BIDIRECTIONAL
    ]


BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
