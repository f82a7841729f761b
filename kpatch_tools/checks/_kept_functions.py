"""Tells when the compiler surely keeps a static function: what only dropped code names, it drops.

`.capture = IS_ENABLED(CONFIG_A) ? item_capture : NULL` keeps it where CONFIG_A
is set; a macro that folds its argument (`pm_sleep_ptr(item_suspend)`) keeps
nothing that is told here.
"""

import re

from kpatch_tools.checks._kept import FOLDED, may_be_dropped
from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of
from kpatch_tools.csource import index_file
from kpatch_tools.csource.expressions import Unreadable, parse_expression
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import Reference, Snapshot, Symbol
from kpatch_tools.review.names import is_private

USES = frozenset({"call", "address", "initialiser", "macro-argument", "other"})
# Callers of callers, and macros that macros name.
DEEPEST = 20
DEEPEST_MACRO = 4
# What ends a statement, or the list that an element of an initialiser stands in.
ENDS = (b";", b"{", b"}")
MARKS = re.compile(rb"[(),]")
STOPS = re.compile(rb"[(),;{}]")
BEFORE = re.compile(rb"(\w+)\s*\Z")
WORD = re.compile(rb"[A-Za-z_]\w*")
# #define no_printk(fmt, ...) ({ if (0) _printk(fmt, ##__VA_ARGS__); 0; })
DROPPED = re.compile(rb"\bif\s*\(\s*(?:0|false)\s*\)")
# .capture = IS_ENABLED(CONFIG_A) ? item_capture : NULL
CHOSEN = re.compile(
    rb"\s*(?:[.\w\[\]]+\s*=\s*)?(IS_(?:ENABLED|BUILTIN|MODULE)\(\w+\))\s*\?\s*&?(\w+)\s*:[^?]*\Z"
)


def kept_when(name: str, path: str, snapshot: Snapshot) -> Condition:
    """When code that is surely compiled uses the function of this source; FALSE: it is not told.

    TRUE for what is not static: another file may use it.
    """
    return _Source(path, snapshot).kept(name, ())


def in_dropped_argument(use: Reference, snapshot: Snapshot) -> bool:
    """Whether a macro that the use is an argument of may be one that drops it, as no_printk()."""
    return _Source(use.place.path, snapshot).drops(use)


class _Source:
    def __init__(self, path: str, snapshot: Snapshot) -> None:
        self._path = path
        self._sight = snapshot.sight
        self._source = snapshot.tree.read(path) or b""
        self._code = scrub(self._source)
        self._known: dict[str, Condition] = {}
        self._folding: dict[tuple[str, int, re.Pattern[bytes]], bool] = {}
        self._starts = [0, *(m.end() for m in re.finditer(rb"\n", self._code))]

    def kept(self, name: str, callers: tuple[str, ...]) -> Condition:
        if name not in self._known:
            self._known[name] = self._kept(name, callers)
        return self._known[name]

    def _kept(self, name: str, callers: tuple[str, ...]) -> Condition:
        around = self._functions(name)
        if not any(map(is_private, around)):
            return TRUE
        if len(callers) == DEEPEST:
            return FALSE
        found = index_file(self._path, self._source, frozenset((name,))).references
        inner = (*callers, name)
        uses = [use for use in found if use.kind in USES and use.function not in inner]
        return any_of(*(self._kept_by(use, inner) for use in uses))

    def _kept_by(self, use: Reference, inner: tuple[str, ...]) -> Condition:
        """When the use is compiled, and for sure; FALSE where that is not told."""
        first = self._starts[use.place.line - 1]
        word = re.compile(rb"\b%s\b" % use.symbol.encode()).search(self._code, first)
        if word is None:
            return FALSE
        text, around = _element(self._code, word.start())
        if any(self._folds(macro, DEEPEST_MACRO) for macro in around):
            return FALSE
        if not use.function:
            chosen = CHOSEN.match(text)
            if chosen is not None and chosen[2].decode() == use.symbol:
                return all_of(use.condition, _read(chosen[1]))
            return FALSE if FOLDED.search(text) else use.condition
        spans = [(s.place.line, s.last) for s in self._functions(use.function)]
        if any(may_be_dropped(self._source, span, use.place.line) for span in spans):
            return FALSE
        return all_of(use.condition, self.kept(use.function, inner)) if spans else FALSE

    def drops(self, use: Reference) -> bool:
        first = self._starts[use.place.line - 1]
        word = re.compile(rb"\b%s\b" % use.symbol.encode()).search(self._code, first)
        around = _element(self._code, word.start())[1] if word else []
        return any(self._folds(macro, DEEPEST_MACRO, DROPPED) for macro in around)

    def _functions(self, name: str) -> list[Symbol]:
        return [s for s in self._sight.own(self._path, name) if s.kind == "function"]

    def _folds(self, macro: str, depth: int, what: re.Pattern[bytes] = FOLDED) -> bool:
        """Whether a definition in sight hands its arguments to what the compiler folds."""
        key = (macro, depth, what)
        if key not in self._folding:
            self._folding[key] = self._may_fold(macro, depth, what)
        return self._folding[key]

    def _may_fold(self, macro: str, depth: int, what: re.Pattern[bytes]) -> bool:
        texts = [s.text.encode() for s in self._sight.macros(self._path, macro)]
        if any(what.search(text) for text in texts):
            return True
        words = {word.decode() for text in texts for word in WORD.findall(text)} - {macro}
        return depth > 0 and any(self._folds(word, depth - 1, what) for word in sorted(words))


def _element(code: bytes, at: int) -> tuple[bytes, list[str]]:
    """The statement, or element of an initialiser, that `at` stands in, and what is called there.

    Called: the words before the parentheses that are open at `at`.
    """
    start = max(code.rfind(end, 0, at) for end in ENDS) + 1
    opened: list[int] = []
    begin = start
    for mark in MARKS.finditer(code, start, at):
        if mark[0] == b"(":
            opened.append(mark.start())
        elif mark[0] == b")":
            del opened[-1:]
        elif not opened:
            begin = mark.end()
    depth, end = len(opened), len(code)
    for mark in STOPS.finditer(code, at):
        depth += (mark[0] == b"(") - (mark[0] == b")")
        if mark[0] in ENDS or (mark[0] == b"," and depth <= 0):
            end = mark.start()
            break
    called = [found for paren in opened if (found := BEFORE.search(code[start:paren]))]
    return code[begin:end], [found[1].decode() for found in called]


def _read(test: bytes) -> Condition:
    parsed = parse_expression(test.decode())
    return FALSE if isinstance(parsed, Unreadable) else parsed
