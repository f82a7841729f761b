"""Turns a Makefile of a Tree into variables whose words carry conditions.

Read, never run: rules and recipes are passed over, `include` is followed
through the Tree, and a test of something that would have to be run is an
atom of its own text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kpatch_tools.condition import FALSE, TRUE, Atom, Condition, all_of, any_of, negate
from kpatch_tools.domain import Place, Skipped
from kpatch_tools.kbuild.expansion import alternatives, expand, split_arguments, value_of
from kpatch_tools.kbuild.readings import Readable
from kpatch_tools.kbuild.words import Part, Variables, Word, present

DEEPEST_INCLUDE = 20
DEEPEST_ARMS = 200
# Of `else ifeq` in a row, and of assignments to one variable that stand beside each other.
MOST_TURNS = 200
MOST_PARTS = 64
MOST_LINES = 50_000
MOST_LETTERS = 50_000_000
LONGEST_LINE = 500_000
# Sample: obj-$(CONFIG_X:m=y) += foo.o
ASSIGNMENT = re.compile(
    r"""(?:override\s+|export\s+)*
    (?P<name>(?:\$\((?:[^()]|\([^()]*\))*\)|\$\{[^{}]*\}|[^\s:=+?!\#$])+)\s*
    (?P<operator>\+=|:{0,3}=|\?=|!=)\s*(?P<text>.*)""",
    re.VERBOSE | re.DOTALL,
)
# Sample: else ifeq ($(CONFIG_X),y)
DIRECTIVE = re.compile(r"(?:else\s+)?(ifeq|ifneq|ifdef|ifndef)\b\s*(.*)", re.DOTALL)
ELSE = re.compile(r"else\b\s*(?:#|$)")
ENDIF = re.compile(r"endif\b")
# Sample: -include $(srctree)/arch/Makefile
INCLUDE = re.compile(r"(?:-|s)?include\s+(.*)")
# Sample: ifeq "$(X)" "y"
QUOTED = re.compile(r"""(["'])(.*?)\1\s*(["'])(.*?)\3\s*$""")


@dataclass(frozen=True, slots=True)
class Makefile:
    """What reading it left: variables, the names it exports, what was passed over."""

    variables: Variables
    exported: frozenset[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()


EMPTY = Makefile({})


def read_makefile(
    tree: Readable, path: str, given: Mapping[str, str], inherited: Makefile = EMPTY
) -> Makefile:
    """The variables after the whole file.

    `given` and what `inherited` exports are set before its first line.
    """
    exported = {n: parts for n, parts in inherited.variables.items() if n in inherited.exported}
    reader = _Reader(tree, exported | {n: (Part(TRUE, text),) for n, text in given.items()})
    reader.read(path, TRUE, 0)
    return reader.finished()


@dataclass(slots=True)
class _Arm:
    """An open `ifeq`: when this arm is read, and when an arm so far was."""

    now: Condition
    taken: Condition
    turns: int = 0


@dataclass(slots=True)
class _Reader:
    tree: Readable
    variables: dict[str, tuple[Part, ...]]
    exported: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    lines: int = 0
    letters: int = 0
    ended: bool = False
    open: list[str] = field(default_factory=list)

    def finished(self) -> Makefile:
        return Makefile(self.variables, frozenset(self.exported), tuple(self.skipped))

    def read(self, path: str, around: Condition, depth: int) -> None:
        content = self.tree.read(path)
        if content is None or self.ended:
            return
        arms: list[_Arm] = []
        in_rule = False
        for number, raw in _logical_lines(content.decode("utf-8", "replace")):
            place = Place(path, number)
            if self._is_too_much(raw, arms, place):
                return
            line = raw.strip()
            if not line or (raw.startswith("\t") and in_rule):
                continue
            if self._conditional(line, arms):
                continue
            condition = all_of(around, *(arm.now for arm in arms)) if arms else around
            included = INCLUDE.match(line)
            if included:
                self._include(included[1], condition, (place, depth))
            elif len(line) > LONGEST_LINE:
                self._skip(place, "a line of more than 500000 letters is passed over")
            elif ASSIGNMENT.match(line):
                self._assign(line, condition)
            else:
                self._exports(line)
            in_rule = _is_rule(line)

    def _is_too_much(self, line: str, arms: list[_Arm], place: Place) -> bool:
        """Whether reading ends here: of this file, or of all of them."""
        self.lines += 1
        self.letters += len(line)
        if self.ended:
            return True
        if self.lines > MOST_LINES or self.letters > MOST_LETTERS:
            self.ended = True
            self._skip(place, "the makefiles are too long: what follows is not read")
        wild = len(arms) > DEEPEST_ARMS or any(arm.turns > MOST_TURNS for arm in arms)
        if wild:
            self._skip(place, "ifeq nested too deeply: the rest of the file is not read")
        return self.ended or wild

    def _skip(self, place: Place, reason: str) -> None:
        self.skipped.append(Skipped(place, reason))

    def _conditional(self, line: str, arms: list[_Arm]) -> bool:
        """Whether the line opens, turns or closes a conditional; `arms` is then up to date."""
        test = DIRECTIVE.match(line)
        if line.startswith("else") and (test or ELSE.match(line)):
            if arms:
                holds = self._test(test[1], test[2]) if test else TRUE
                arms[-1].now = all_of(negate(arms[-1].taken), holds)
                arms[-1].taken = any_of(arms[-1].taken, holds)
                arms[-1].turns += 1
            return True
        if test:
            holds = self._test(test[1], test[2])
            arms.append(_Arm(holds, holds))
            return True
        if ENDIF.match(line):
            if arms:
                arms.pop()
            return True
        return False

    def _test(self, keyword: str, rest: str) -> Condition:
        if keyword in {"ifdef", "ifndef"}:
            defined = present(value_of(rest.strip(), self.variables))
            return defined if keyword == "ifdef" else negate(defined)
        sides = _sides(rest)
        equal = Atom(f"ifeq {rest}") if sides is None else self._equal(*sides)
        return equal if keyword == "ifeq" else negate(equal)

    def _equal(self, left: str, right: str) -> Condition:
        if not left or not right:
            words = expand(left or right, self.variables)
            if not any(word.opaque for word in words):
                return negate(present(words))
        cases: list[Condition] = []
        for one in alternatives(left, self.variables):
            for other in alternatives(right, self.variables):
                both = all_of(one.condition, other.condition)
                if one.opaque or other.opaque:
                    cases.append(all_of(both, Atom(f"ifeq ({left},{right})")))
                elif one.text == other.text:
                    cases.append(both)
        return any_of(*cases)

    def _include(self, text: str, condition: Condition, at: tuple[Place, int]) -> None:
        place, depth = at
        for word in expand(text, self.variables):
            path = anchored(word.text)
            if word.opaque or condition == FALSE:
                continue
            if depth >= DEEPEST_INCLUDE or path == place.path or path in self.open:
                self._skip(place, f"{path} includes itself or too deeply: not read again")
                continue
            self.open.append(place.path)
            self.read(path, all_of(condition, word.condition), depth + 1)
            self.open.pop()

    def _assign(self, line: str, condition: Condition) -> None:
        match = ASSIGNMENT.match(line)
        if match is None or condition == FALSE:
            return
        if line.startswith("export"):
            self.exported.add(match["name"])
        names = expand(match["name"], self.variables) if "$" in match["name"] else None
        for name in names or (Word(match["name"]),):
            if not name.opaque and name.text:
                both = all_of(condition, name.condition)
                self._set(name.text, match["operator"], match["text"], both)

    def _set(self, name: str, operator: str, text: str, condition: Condition) -> None:
        text = _without_comment(text)
        earlier = self.variables.get(name, ())
        if operator == "!=":
            part = Part(condition, words=(Word(text[:40], TRUE, opaque=True),))
        elif operator.startswith(":") or (operator == "+=" and _immediate(earlier)):
            words = expand(text, self.variables)
            part = Part(condition, words=words) if words else Part(condition)
        else:
            part = Part(condition, text)
        kept: tuple[Part, ...]
        if operator == "+=":
            kept = earlier
        elif operator == "?=":
            part = Part(all_of(condition, negate(_set_when(earlier))), part.text, part.words)
            kept = earlier
        elif len(earlier) > MOST_PARTS and condition != TRUE:
            part = Part(TRUE, words=(Word(text[:40], TRUE, opaque=True),))
            kept = ()
        else:
            kept = _outside(earlier, condition)
        self.variables[name] = (*kept, part)

    def _exports(self, line: str) -> None:
        if line.startswith("export "):
            self.exported.update(line.split()[1:])


def anchored(text: str) -> str:
    """A path of the tree from a word: `/a/../b` and `b` are both `b`."""
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _immediate(parts: tuple[Part, ...]) -> bool:
    return bool(parts) and all(part.words or not part.text for part in parts)


def _set_when(parts: tuple[Part, ...]) -> Condition:
    return any_of(*(part.condition for part in parts))


def _outside(parts: tuple[Part, ...], condition: Condition) -> tuple[Part, ...]:
    """What a new assignment under `condition` leaves of the earlier ones."""
    if condition == TRUE:
        return ()
    left = ((part, all_of(part.condition, negate(condition))) for part in parts)
    return tuple(Part(rest, part.text, part.words) for part, rest in left if rest != FALSE)


def _sides(rest: str) -> tuple[str, str] | None:
    text = _without_comment(rest).strip()
    if text.startswith("(") and text.endswith(")"):
        sides = split_arguments(text[1:-1])
        return (_bare(sides[0]), _bare(sides[1])) if len(sides) == 2 else None
    quoted = QUOTED.match(text)
    return (quoted[2].strip(), quoted[4].strip()) if quoted else None


def _bare(text: str) -> str:
    """One side of a test; quotes around both sides mean nothing to the comparison."""
    side = text.strip()
    return side[1:-1] if len(side) > 1 and side[0] == side[-1] and side[0] in "\"'" else side


def _is_rule(line: str) -> bool:
    """Whether recipe lines may follow: a colon that is no assignment."""
    return ":" in line and ASSIGNMENT.match(line) is None


def _without_comment(text: str) -> str:
    position = text.find("#")
    while position > 0 and text[position - 1] == "\\":
        position = text.find("#", position + 1)
    return (text if position < 0 else text[:position]).rstrip()


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """(line number, text): continued lines joined, comments and `define` blocks left out."""
    lines = iter(enumerate(text.split("\n"), 1))
    in_define = False
    for number, line in lines:
        if line.endswith("\\"):
            parts = [line]
            while parts[-1].endswith("\\"):
                parts[-1] = parts[-1][:-1]
                parts.append(next(lines, (0, ""))[1].strip())
            line = " ".join(parts)
        word = line.strip().partition(" ")[0]
        if word in {"define", "endef"}:
            in_define = word == "define"
        elif not in_define and not word.startswith("#"):
            yield number, line
