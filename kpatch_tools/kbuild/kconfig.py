"""Turns the Kconfig files of a Tree into definitions; nothing in them is run.

Language: Documentation/kbuild/kconfig-language.rst. Expressions stay text:
a kernel has some 20,000 symbols, a question touches a few dozen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, TypeVar

from kpatch_tools.domain import Place, Skipped
from kpatch_tools.kbuild.definitions import (
    MOST_MEMBERS,
    Choice,
    Definition,
    Kconfig,
    Selection,
    SymbolType,
)
from kpatch_tools.kbuild.expression import Clauses, is_too_long, required, with_variables
from kpatch_tools.kbuild.readings import Readable
from kpatch_tools.kbuild.statements import Statement, told

T = TypeVar("T")
# Sample: tristate "Virtio balloon driver" if EXPERT
NAME = re.compile(r"[\w-]+")
STRING = re.compile(r"""\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
TYPES: dict[str, SymbolType] = {
    "bool": "bool",
    "boolean": "bool",
    "tristate": "tristate",
    "string": "string",
    "int": "int",
    "hex": "hex",
    "def_bool": "bool",
    "def_tristate": "tristate",
}
SOURCES = frozenset({"source", "osource", "rsource", "orsource"})
BLOCKS = frozenset({"config", "menuconfig", "menu", "choice", "comment", "if"})
ENDS = frozenset({"endmenu", "endchoice", "endif"})
DEEPEST_SOURCE = 60
DEEPEST_BLOCK = 100
MOST_FILES = 10_000
MOST_LETTERS = 50_000_000
# Lines of one block.
MOST_ATTRIBUTES = 1_000


@dataclass(slots=True)
class _Block:
    """A block being read; its attributes come on the lines below it."""

    keyword: str
    name: str
    place: Place
    type: SymbolType = "unknown"
    prompts: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    depends: list[str] = field(default_factory=list)
    visible: list[str] = field(default_factory=list)
    selects: list[tuple[str, str]] = field(default_factory=list)
    implies: list[tuple[str, str]] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    # the last member of a choice, and what stands beneath it
    family: set[str] = field(default_factory=set)
    optional: bool = False
    ranged: bool = False
    choice: int | None = None
    lines: int = 0


def read_kconfig(
    tree: Readable, variables: dict[str, str], same: dict[Any, Any] | None = None
) -> Kconfig:
    """Everything reached from `Kconfig` at the top of the tree (empty without one).

    `same` keeps what was read, for calls that get it again to share.
    Before Linux 2.6.38, and in what was taken from it, the architecture's own comes first.
    """
    reader = _Reader(tree, variables, {} if same is None else same)
    old = f"arch/{variables.get('SRCARCH')}/Kconfig"
    top = "Kconfig" if tree.read("Kconfig") is not None or tree.read(old) is None else old
    reader.read(top, Place(top, 0), 0)
    return reader.finished()


class _Reader:
    """Line by line, with the stack of blocks that stand open."""

    def __init__(self, tree: Readable, variables: dict[str, str], same: dict[Any, Any]) -> None:
        self._tree = tree
        self._same = same
        self._variables = variables
        self._stack: list[_Block] = []
        self._definitions: dict[str, list[Definition]] = {}
        self._selected: dict[str, list[Selection]] = {}
        self._implied: dict[str, list[Selection]] = {}
        self._choices: list[_Block] = []
        self._choice_depends: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self._modules: str | None = None
        self._skipped: list[Skipped] = []
        self._open: list[str] = []
        self._files = 0
        self._letters = 0

    def finished(self) -> Kconfig:
        choices = tuple(
            Choice(
                tuple(dict.fromkeys(block.members)),
                block.type,
                tuple(block.prompts),
                tuple(block.defaults),
                (*depends, *block.depends),
                visible,
                block.optional,
            )
            for block, (depends, visible) in zip(self._choices, self._choice_depends, strict=True)
        )
        return Kconfig(
            {name: self._shared(found) for name, found in self._definitions.items()},
            {name: self._shared(found) for name, found in self._selected.items()},
            {name: self._shared(found) for name, found in self._implied.items()},
            choices,
            self._modules,
            self._variables,
            tuple(self._skipped),
            Clauses(self._variables),
        )

    def _shared(self, found: list[T]) -> tuple[T, ...]:
        """The same, as it was read before where it was."""
        read = tuple(found)
        known: tuple[T, ...] = self._same.setdefault(read, read)
        return known

    def read(self, path: str, asked: Place, depth: int) -> None:
        """Read one file; `asked` is the line that names it."""
        if path in self._open or depth > DEEPEST_SOURCE:
            self._skip(asked, f"{path} sources itself or too deeply: not read again")
            return
        if self._files > MOST_FILES or self._letters > MOST_LETTERS:
            self._skip(asked, "the Kconfig files are too long: what follows is not read")
            return
        content = self._tree.read(path)
        if content is None:
            if depth:
                self._skip(asked, f"no such Kconfig file: {path}")
            return
        self._files += 1
        self._letters += len(content)
        self._open.append(path)
        standing = len(self._stack)
        self._lines(path, told(content, self._same), depth)
        del self._stack[standing:]
        self._open.pop()

    def _lines(self, path: str, lines: Iterable[Statement], depth: int) -> None:
        block: _Block | None = None
        for number, line, keyword in lines:
            rest = line[len(keyword) :].strip()
            starts = keyword in BLOCKS or keyword in ENDS or keyword in SOURCES
            if block is not None and starts:
                self._close(block)
                block = None
            place = Place(path, number)
            if len(self._stack) > DEEPEST_BLOCK:
                self._skip(place, "blocks nested too deeply: the rest of the file is not read")
                return
            if keyword in BLOCKS:
                block = self._opened(keyword, rest, place)
            elif keyword in ENDS:
                self._end(place)
            elif keyword in SOURCES:
                for target in self._targets(keyword, rest, path):
                    self.read(target, place, depth + 1)
            elif block is not None and self._is_taken(block, rest, place):
                self._attribute(block, keyword, rest)
        if block is not None:
            self._close(block)

    def _is_taken(self, block: _Block, rest: str, place: Place) -> bool:
        """Whether the line counts; what is said where it does not, or is not understood."""
        block.lines += 1
        if block.lines == MOST_ATTRIBUTES:
            self._skip(place, f"too many lines of {block.name}: those that follow do not count")
        if is_too_long(rest):
            self._skip(place, "an expression too long or too deep: it may be true or false")
        return block.lines < MOST_ATTRIBUTES

    def _opened(self, keyword: str, rest: str, place: Place) -> _Block | None:
        if keyword == "if":
            self._stack.append(_Block("if", "", place, depends=[rest]))
            return None
        block = _Block(keyword, rest, place)
        if keyword in {"menu", "choice"}:
            if keyword == "choice":
                self._choice_depends.append((self._around("depends"), self._around("visible")))
                block.choice = len(self._choices)
                self._choices.append(block)
            self._stack.append(block)
        return block

    def _end(self, place: Place) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._skip(place, "an end without its menu, choice or if")

    def _attribute(self, block: _Block, keyword: str, rest: str) -> None:
        if keyword in TYPES:
            block.type = TYPES[keyword]
            if keyword.startswith("def_"):
                block.defaults.append(rest)
            elif prompt := STRING.match(rest):
                block.prompts.append(rest[prompt.end() :])
        elif keyword == "prompt":
            prompt = STRING.match(rest)
            block.prompts.append(rest[prompt.end() :] if prompt else "")
        elif keyword == "default":
            block.defaults.append(rest)
        elif keyword == "depends":
            block.depends.append(rest.removeprefix("on").strip())
        elif keyword == "visible":
            block.visible.append(rest.removeprefix("if").strip())
        elif keyword in {"select", "imply"}:
            name = NAME.match(rest)
            clauses = block.selects if keyword == "select" else block.implies
            if name:
                clauses.append((name[0], rest[name.end() :].strip().removeprefix("if").strip()))
        elif keyword == "modules" or (keyword == "option" and rest == "modules"):
            self._modules = block.name
        elif keyword == "optional":
            block.optional = True
        elif keyword == "range":
            block.ranged = True

    def _close(self, block: _Block) -> None:
        """A config block is complete: its definition joins those read so far."""
        if block.keyword not in {"config", "menuconfig"}:
            return
        choice = next((b for b in reversed(self._stack) if b.keyword == "choice"), None)
        if choice is not None and self._is_beneath(block, choice):
            choice.family.add(block.name)
            choice = None
        elif choice is not None:
            choice.family = {block.name}
            choice.members.append(block.name)
            if len(choice.members) == MOST_MEMBERS:
                self._skip(block.place, "a choice too long: its members are not told apart")
            block.type = choice.type if block.type == "unknown" else block.type
        definition = Definition(
            block.name,
            block.type,
            block.place,
            tuple(block.prompts),
            tuple(block.defaults),
            (*self._around("depends"), *block.depends),
            self._around("visible"),
            choice.choice if choice else None,
            block.ranged,
        )
        self._definitions.setdefault(block.name, []).append(definition)
        for clauses, found in ((block.selects, self._selected), (block.implies, self._implied)):
            for name, condition in clauses:
                conditions = (*definition.depends, *([condition] if condition else ()))
                found.setdefault(name, []).append(Selection(block.name, conditions))

    def _is_beneath(self, block: _Block, choice: _Block) -> bool:
        """Whether it depends on the member before it: then it is no member (menu_finalize in
        scripts/kconfig/menu.c puts it into a menu of that one)."""
        texts = list(block.depends)
        for each in reversed(self._stack):
            if each is choice:
                break
            texts += each.depends
        needed = {name for text in texts for name in required(text, self._variables)}
        return not needed.isdisjoint(choice.family)

    def _around(self, kind: str) -> tuple[str, ...]:
        texts = ((b.depends if kind == "depends" else b.visible) for b in self._stack)
        return tuple(text for found in texts for text in found)

    def _targets(self, keyword: str, rest: str, path: str) -> list[str]:
        wanted = with_variables(rest.strip().strip("\"'"), self._variables)
        if "$" in wanted:
            self._skip(Place(path, 0), f"source with an unknown variable: {wanted}")
            return []
        if keyword in {"rsource", "orsource"} and "/" in path:
            wanted = f"{path.rpartition('/')[0]}/{wanted}"
        if not re.search(r"[*?\[]", wanted):
            absent = keyword.startswith("o") and self._tree.read(wanted) is None
            return [] if absent else [wanted]
        pattern = re.compile(translate(wanted).replace(".*", "[^/]*"))
        return [found for found in self._tree.paths() if pattern.match(found)]

    def _skip(self, place: Place, reason: str) -> None:
        self._skipped.append(Skipped(place, reason))
