"""Turns a Makefile's text into words with conditions.

What would have to be run (`$(shell ...)`) is an opaque word: it is never
taken for anything. Rules: GNU make manual, sections 6 and 8.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from kpatch_tools.condition import FALSE, TRUE, Atom, Condition, all_of, any_of, negate
from kpatch_tools.kbuild.functions import FUNCTIONS, patterned
from kpatch_tools.kbuild.words import Variables, Word, Words, present, under

OPEN = frozenset("({")
DEEPEST = 20
MOST_ALTERNATIVES = 64
MOST_CASES = 1024
MOST_WORDS = 20_000
# Letters of one word; a path is shorter.
LONGEST = 10_000
MULTIPLYING = frozenset({"addprefix", "addsuffix"})
BLANK = re.compile(r"[ \t]+")
BRACKET = re.compile(r"[(){}]")
TOKEN_MARK = re.compile(r"[(){} \t]")
ARGUMENT_MARK = re.compile(r"[(){},]")
# Sample: addprefix $(src)/,a.o b.o
CALL = re.compile(r"([a-z][a-z-]*)[ \t]+(.*)", re.DOTALL)


def expand(text: str, variables: Variables, depth: int = 0) -> Words:
    """The words of the text; beyond `DEEPEST` nested references, an opaque one."""
    if depth > DEEPEST:
        return (Word(text[:40], TRUE, opaque=True),)
    words: list[Word] = []
    for token in _tokens(text):
        found = _token(token, variables, depth)
        words.extend(found)
        if len(words) > MOST_WORDS or any(len(word.text) > LONGEST for word in found):
            return (Word(text[:40], TRUE, opaque=True),)
    return tuple(words)


def value_of(name: str, variables: Variables, depth: int = 0) -> Words:
    """The words of a variable; () for an unknown one, as make has it."""
    if name.startswith("CONFIG_"):
        return Word("y", Atom(name)), Word("m", Atom(f"{name}_MODULE"))
    words: list[Word] = []
    for part in variables.get(name, ()):
        found = part.words or expand(part.text, variables, depth + 1)
        words.extend(under(part.condition, found))
    return tuple(words)


def alternatives(text: str, variables: Variables) -> Words:
    """What the whole text may be as one string, with the condition of each case.

    The conditions of the cases exclude each other. Too many cases: one
    opaque word.
    """
    tokens = list(_tokens(text))
    pieces = list(_pieces(tokens[0])) if len(tokens) == 1 else []
    if any(reference and name.startswith("CONFIG_") for reference, name in pieces):
        return tuple(_merged(_cases(pieces, variables, 0)))
    cases: list[Word] = [Word("")]
    for word in expand(text, variables):
        following = []
        for case in cases:
            joined = f"{case.text} {word.text}".strip()
            both = all_of(case.condition, word.condition)
            following.append(Word(joined, both, case.opaque or word.opaque))
            absent = all_of(case.condition, negate(word.condition))
            following.append(Word(case.text, absent, case.opaque))
        cases = _merged(case for case in following if case.condition != FALSE)
        if len(cases) > MOST_ALTERNATIVES:
            return (Word(text[:40], TRUE, opaque=True),)
    return tuple(cases)


def _merged(cases: Iterable[Word]) -> list[Word]:
    merged: dict[tuple[str, bool], Condition] = {}
    for case in cases:
        key = (case.text, case.opaque)
        merged[key] = any_of(merged.get(key, FALSE), case.condition)
    return [Word(text, condition, opaque) for (text, opaque), condition in merged.items()]


def _token(token: str, variables: Variables, depth: int) -> Words:
    """One token: a lone reference is a list, a mixed one (`obj-$(CONFIG_X)`) has cases."""
    pieces = list(_pieces(token))
    if len(pieces) == 1:
        reference, text = pieces[0]
        return _reference(text, variables, depth) if reference else (Word(text),)
    return _cases(pieces, variables, depth)


def _cases(pieces: list[tuple[bool, str]], variables: Variables, depth: int) -> Words:
    """Every text that the pieces may make together."""
    options: list[Words] = []
    for reference, text in pieces:
        found = _reference(text, variables, depth) if reference else (Word(text),)
        missing = negate(present(found))
        options.append(found if missing == FALSE else (*found, Word("", missing)))
    if _size(options) > MOST_CASES or _length(options) > LONGEST:
        return (Word("".join(text for _, text in pieces)[:40], TRUE, opaque=True),)
    words = []
    for chosen in product(*options):
        condition = all_of(*(word.condition for word in chosen))
        if condition != FALSE:
            text = "".join(word.text for word in chosen)
            words.append(Word(text, condition, any(word.opaque for word in chosen)))
    return tuple(words)


def _length(options: list[Words]) -> int:
    return sum(max((len(word.text) for word in option), default=0) for option in options)


def _size(options: list[Words]) -> int:
    size = 1
    for option in options:
        size *= max(1, len(option))
    return size


def _reference(text: str, variables: Variables, depth: int) -> Words:
    """The value of what stands inside `$(...)`."""
    call = CALL.match(text)
    if call and call[1] in FUNCTIONS:
        arguments = [expand(part, variables, depth + 1) for part in split_arguments(call[2])]
        if call[1] in MULTIPLYING and _size(arguments) > MOST_WORDS:
            return (Word(f"$({text})"[:40], TRUE, opaque=True),)
        return FUNCTIONS[call[1]](arguments)
    if call:
        return (Word(f"$({text})"[:LONGEST], TRUE, opaque=True),)
    name, colon, pattern = text.partition(":")
    if colon and "=" in pattern:
        return _suffixes(name, pattern, variables, depth)
    names = expand(name, variables, depth + 1) if "$" in name else (Word(name),)
    return tuple(
        found
        for word in names
        for found in under(word.condition, value_of(word.text, variables, depth + 1))
    )


def _suffixes(name: str, pattern: str, variables: Variables, depth: int) -> Words:
    """`$(list:.o=.c)`: the words with one ending replaced."""
    old, _, new = pattern.partition("=")
    words = value_of(name, variables, depth + 1)
    if "%" in old:
        return patterned(words, old, new)
    return tuple(
        replace(word, text=word.text.removesuffix(old) + new) if word.text.endswith(old) else word
        for word in words
    )


def _tokens(text: str) -> Iterator[str]:
    """Split at blanks outside references."""
    if "$" not in text:
        yield from filter(None, BLANK.split(text))
        return
    depth, start = 0, 0
    for match in TOKEN_MARK.finditer(text):
        position, letter = match.start(), match[0]
        if letter in OPEN and position and (text[position - 1] == "$" or depth):
            depth += 1
        elif letter in ")}" and depth:
            depth -= 1
        elif letter in " \t" and not depth:
            if position > start:
                yield text[start:position]
            start = position + 1
    if start < len(text):
        yield text[start:]


def split_arguments(text: str) -> list[str]:
    """The parts between commas that stand outside references."""
    depth, start, parts = 0, 0, []
    for match in ARGUMENT_MARK.finditer(text):
        position, letter = match.start(), match[0]
        if letter in OPEN:
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif letter == "," and not depth:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _pieces(token: str) -> Iterator[tuple[bool, str]]:
    """(is a reference, text): `obj-$(X)` gives (False, "obj-"), (True, "X")."""
    position, plain = 0, ""
    while position < len(token):
        sign = token.find("$", position, len(token) - 1)
        if sign < 0:
            plain += token[position:]
            break
        plain += token[position:sign]
        position = sign
        following = token[position + 1]
        if following in OPEN:
            if plain:
                yield False, plain
                plain = ""
            end = _closing(token, position + 2)
            yield True, token[position + 2 : end]
            position = end + 1
        else:
            plain += "$" if following == "$" else ""
            position += 2
    if plain:
        yield False, plain


def _closing(text: str, position: int) -> int:
    depth = 1
    for match in BRACKET.finditer(text, position):
        depth += 1 if match[0] in OPEN else -1
        if not depth:
            return match.start()
    return len(text)
