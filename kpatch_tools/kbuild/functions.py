"""GNU make's text functions over words with conditions (make manual, section 8)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from kpatch_tools.condition import FALSE, TRUE, Condition, all_of, any_of, negate
from kpatch_tools.kbuild.words import Word, Words, present, under


def patterned(words: Words, pattern: str, replacement: str) -> Words:
    """The words that fit `pattern` rewritten to `replacement`, `%` standing for the same."""
    head, _, tail = pattern.partition("%")
    found = []
    for word in words:
        fits = word.text.startswith(head) and word.text.endswith(tail)
        if fits and len(word.text) >= len(head) + len(tail):
            stem = word.text[len(head) : len(word.text) - len(tail)]
            found.append(replace(word, text=replacement.replace("%", stem)))
        else:
            found.append(word)
    return tuple(found)


def _fits(text: str, pattern: str) -> bool:
    head, percent, tail = pattern.partition("%")
    return text.startswith(head) and text.endswith(tail) if percent else text == pattern


def _single(words: Words) -> str:
    return " ".join(word.text for word in words)


def _addprefix(arguments: list[Words]) -> Words:
    return tuple(_joined(prefix, word) for word in arguments[-1] for prefix in arguments[0])


def _addsuffix(arguments: list[Words]) -> Words:
    return tuple(_joined(word, suffix) for word in arguments[-1] for suffix in arguments[0])


def _joined(left: Word, right: Word) -> Word:
    """The two as one word, there when both are."""
    condition = all_of(left.condition, right.condition)
    return Word(left.text + right.text, condition, left.opaque or right.opaque)


def _subst(arguments: list[Words]) -> Words:
    if len(arguments) < 3:
        return ()
    old = _single(arguments[0])
    return tuple(
        replace(word, text=word.text.replace(old, new), condition=all_of(word.condition, when))
        for word in arguments[2]
        for new, when in (_values(arguments[1]) if old and old in word.text else [("", TRUE)])
    )


def _values(words: Words) -> list[tuple[str, Condition]]:
    """What the words are as one text: several texts where they are the values of a symbol."""
    if all(word.condition == TRUE for word in words):
        return [(_single(words), TRUE)]
    values = [(word.text, word.condition) for word in words]
    return [*values, ("", negate(present(words)))]


def _patsubst(arguments: list[Words]) -> Words:
    if len(arguments) < 3:
        return ()
    return patterned(arguments[2], _single(arguments[0]), _single(arguments[1]))


def _filter(arguments: list[Words]) -> Words:
    patterns = [word.text for word in arguments[0]]
    return tuple(w for w in arguments[-1] if any(_fits(w.text, pattern) for pattern in patterns))


def _filter_out(arguments: list[Words]) -> Words:
    patterns = [word.text for word in arguments[0]]
    return tuple(w for w in arguments[-1] if not any(_fits(w.text, p) for p in patterns))


def _if(arguments: list[Words]) -> Words:
    true = present(arguments[0])
    chosen = tuple(under(true, arguments[1])) if len(arguments) > 1 else ()
    otherwise = tuple(under(negate(true), arguments[2])) if len(arguments) > 2 else ()
    return chosen + otherwise


def _or(arguments: list[Words]) -> Words:
    found: list[Word] = []
    before: Condition = FALSE
    for words in arguments:
        found.extend(under(negate(before), words))
        before = any_of(before, present(words))
    return tuple(found)


def _and(arguments: list[Words]) -> Words:
    all_present = all_of(*map(present, arguments))
    return tuple(under(all_present, arguments[-1]))


def _findstring(arguments: list[Words]) -> Words:
    wanted = _single(arguments[0])
    return tuple(replace(w, text=wanted) for w in arguments[-1] if wanted and wanted in w.text)


def _same(arguments: list[Words]) -> Words:
    return arguments[-1]


FUNCTIONS: Mapping[str, Callable[[list[Words]], Words]] = {
    "addprefix": _addprefix,
    "addsuffix": _addsuffix,
    "and": _and,
    "filter": _filter,
    "filter-out": _filter_out,
    "findstring": _findstring,
    "if": _if,
    "or": _or,
    "patsubst": _patsubst,
    "sort": _same,
    "strip": _same,
    "subst": _subst,
}
