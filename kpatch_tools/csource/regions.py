"""Turns the #if lines of a file into the condition of each line.

An include guard is dropped: it says nothing about a configuration. A macro
that the file defines or undefines on the way holds from there on when that
line is compiled; where other files have their say, it stays an atom.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from kpatch_tools.condition import (
    FALSE,
    TRUE,
    And,
    Atom,
    Condition,
    Not,
    Or,
    all_of,
    any_of,
    negate,
    substitute,
)
from kpatch_tools.csource.directives import CONDITIONAL, Directive, directives, unfolded
from kpatch_tools.csource.expressions import Unreadable, parse_expression
from kpatch_tools.csource.guards import include_guard
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.csource.lines import Lines
from kpatch_tools.domain import Region

LARGEST = 100
# Of chains within chains, and of #elif lines in one chain.
DEEPEST = 200
MOST_ARMS = 500
# Each arm that excludes the others costs a parse of the whole file: in one of more
# letters than LARGE no more of them than make so many letters, or FEWEST_ARMS.
LARGE = 200_000
MOST_PARSED = 10_000_000
FEWEST_ARMS = 8
UNREAD = Atom("#if lines too deep or too many")
MACRO = re.compile(rb"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Arm:
    """The text start..end between two lines of an #if chain; `condition` includes outer ones."""

    start: int
    end: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class Chain:
    """#if to #endif. Where there is no #else, there is no arm for it."""

    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What the #if lines leave unsaid: an #endif too many, an expression not understood."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Regions:
    """Every line of a file, in order, with its condition; a directive has that around it."""

    regions: tuple[Region, ...]
    problems: tuple[Problem, ...] = ()

    def at(self, line: int) -> Condition:
        """The condition of a line; TRUE outside the file."""
        index = bisect_right(self.regions, line, key=lambda region: region.first) - 1
        return self.regions[index].condition if index >= 0 else TRUE


def line_conditions(source: bytes) -> Regions:
    """The condition of each line, from the #if lines of the file alone."""
    code = scrub(source)
    return conditions_of(Lines(source), code, directives(code)).regions


@dataclass(frozen=True, slots=True)
class Conditions:
    """The #if chains of a file (inner ones first) and what they mean for its lines."""

    chains: tuple[Chain, ...]
    regions: Regions


@dataclass(slots=True)
class _Open:
    """A chain whose #endif has not been met. `earlier`: some arm before was taken.

    Of an `unread` one, or its rest, nothing is known: no further test is read.
    """

    outer: Condition
    earlier: Condition
    condition: Condition
    opened: int
    start: int
    arms: list[Arm] = field(default_factory=list)
    unread: bool = False


def conditions_of(lines: Lines, code: bytes, found: tuple[Directive, ...]) -> Conditions:
    """Read the chains of scrubbed source; unbalanced ones are problems, never errors."""
    return _Reader(lines, code, found).read()


class _Reader:
    """One pass over the conditional directives with a stack of open chains."""

    def __init__(self, lines: Lines, code: bytes, found: tuple[Directive, ...]) -> None:
        self._code = code
        self._found = found
        conditional = [each for each in found if each.word in CONDITIONAL]
        texts = (code[each.rest : each.end] for each in conditional)
        self._asked = {name for text in texts for name in MACRO.findall(text)}
        self._known: dict[str, Condition] = {}
        self._stack: list[_Open] = []
        self._chains: list[Chain] = []
        self._lines = lines
        self._starts: list[tuple[int, Condition]] = []
        self._problems: list[Problem] = []
        self._guard = include_guard(code, conditional)

    def read(self) -> Conditions:
        for directive in self._found:
            if directive.word not in CONDITIONAL:
                self._define(directive)
            elif directive.word in {b"if", b"ifdef", b"ifndef"}:
                self._open(directive)
            elif not self._stack:
                word = directive.word.decode()
                self._report(directive.start, f"#{word} without #if")
            elif directive.word == b"endif":
                self._close(directive)
            else:
                self._turn(directive)
        end = Directive(b"endif", len(self._code), len(self._code), len(self._code))
        while self._stack:
            self._report(self._stack[-1].opened, "#if without #endif")
            self._close(end)
        regions = tuple(_merged(self._starts, self._lines.count))
        problems = tuple(sorted(self._problems, key=lambda problem: problem.line))
        return Conditions(tuple(self._chains), Regions(regions, problems))

    def _report(self, offset: int, reason: str) -> None:
        self._problems.append(Problem(self._lines.of(offset), reason))

    def _from(self, line: int, condition: Condition) -> None:
        self._starts.append((line, condition))

    def _now(self) -> Condition:
        return self._stack[-1].condition if self._stack else TRUE

    def _open(self, directive: Directive) -> None:
        outer = self._now()
        unread = len(self._stack) >= DEEPEST
        if len(self._stack) == DEEPEST:
            self._report(directive.start, "#if nested too deeply: not read from here on")
        if len(self._stack) > DEEPEST:
            # as unread as what is around it
            self._stack.append(
                _Open(outer, TRUE, outer, directive.start, directive.end, unread=True)
            )
            return
        local = UNREAD if unread else self._test(directive)
        if self._guard is not None and directive is self._guard[1]:
            local = substitute(local, {self._guard[0]: FALSE})
        condition = all_of(outer, local)
        chain = _Open(outer, local, condition, directive.start, directive.end, unread=unread)
        self._stack.append(chain)
        self._from(self._lines.of(directive.end) + 1, condition)

    def _turn(self, directive: Directive) -> None:
        chain = self._stack[-1]
        chain.arms.append(Arm(chain.start, directive.start, chain.condition))
        self._from(self._lines.of(directive.start), chain.outer)
        if len(chain.arms) == most_arms(len(self._code)):
            self._report(directive.start, "too many #elif: not read from here on")
            chain.unread = True
        if chain.unread:
            deep = len(self._stack) > DEEPEST + 1
            chain.condition = chain.outer if deep else all_of(chain.outer, UNREAD)
        else:
            local = TRUE if directive.word == b"else" else self._test(directive)
            chain.condition = all_of(chain.outer, _none_of(chain.earlier), local)
            chain.earlier = any_of(chain.earlier, local)
        chain.start = directive.end
        self._from(self._lines.of(directive.end) + 1, chain.condition)

    def _close(self, directive: Directive) -> None:
        chain = self._stack.pop()
        chain.arms.append(Arm(chain.start, directive.start, chain.condition))
        self._chains.append(Chain(tuple(chain.arms)))
        self._from(self._lines.of(directive.start), chain.outer)

    def _define(self, directive: Directive) -> None:
        """Keep when a macro that some line asks for is defined."""
        if directive.word == b"include":
            for name, known in self._known.items():
                self._known[name] = any_of(Atom(name), known)
        if directive.word not in {b"define", b"undef"}:
            return
        match = MACRO.search(self._code, directive.rest, directive.end)
        if match is None or match[0] not in self._asked:
            return
        name = match[0].decode()
        known = self._known.get(name, Atom(name))
        if directive.word == b"define":
            known = any_of(known, self._now())
        else:
            known = all_of(known, _none_of(self._now()))
        # conditions made of conditions grow without end: from here on it stands for itself
        small = _size(known) <= LARGEST
        self._known[name] = known if small else Atom(f"{name} of line {self._line(directive)}")

    def _line(self, directive: Directive) -> int:
        return self._lines.of(directive.start)

    def _test(self, directive: Directive) -> Condition:
        """When the line's own test holds."""
        return substitute(self._read_test(directive), self._known)

    def _read_test(self, directive: Directive) -> Condition:
        rest = unfolded(self._code[directive.rest : directive.end])
        if directive.word in {b"if", b"elif"}:
            parsed = parse_expression(rest.decode("latin-1"))
            if not isinstance(parsed, Unreadable):
                return parsed
            self._report(directive.start, f"condition not understood: {parsed.reason}")
            return Atom(" ".join(parsed.text.split()))
        name = MACRO.search(rest)
        if name is None:
            self._report(directive.start, f"#{directive.word.decode()} of no name")
            return Atom(" ".join(rest.decode("latin-1").split()))
        atom = Atom(name.group().decode())
        return Not(atom) if directive.word in {b"ifndef", b"elifndef"} else atom


def most_arms(letters: int) -> int:
    """How many arms of one chain are read in a file of so many letters."""
    if letters <= LARGE:
        return MOST_ARMS
    return min(MOST_ARMS, max(FEWEST_ARMS, MOST_PARSED // letters))


def _none_of(condition: Condition) -> Condition:
    """NOT; `!A && !B` rather than `!(A || B)`."""
    if isinstance(condition, Or):
        return all_of(*(negate(term) for term in condition.terms))
    return negate(condition)


def _size(condition: Condition) -> int:
    """The number of atoms, counted as often as they occur."""
    match condition:
        case And(terms) | Or(terms):
            return sum(map(_size, terms))
        case Not(term):
            return _size(term)
        case _:
            return 1


def _merged(starts: list[tuple[int, Condition]], lines: int) -> Iterator[Region]:
    """Runs of lines under one condition; of several starts on one line the last counts."""
    first = 1
    current: Condition = TRUE
    for line, condition in sorted(dict(starts).items()):
        if condition == current or line > lines:
            continue
        if line > first:
            yield Region(first, line - 1, current)
        first, current = line, condition
    yield Region(first, lines, current)
