"""Turns a .c file of a Tree into the text a compiler would see, file by file, and its macros.

The walk follows #include through the Tree as the kernel's build would, with
the include folders of one architecture. What has no file (headers that the
build generates) is remembered as unresolved and read as empty.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kpatch_tools.modelcheck.extract.expression import evaluate
from kpatch_tools.modelcheck.extract.items import BLANK, INCLUDED_HERE
from kpatch_tools.modelcheck.extract.macros import Macro, TooLongError, expanded
from kpatch_tools.modelcheck.extract.source import Directive, Source, read_source

# #include <linux/mm.h>
INCLUDE = re.compile(r"""\s*(?:<(?P<angled>[^>\n]+)>|"(?P<quoted>[^"\n]+)")""")
WORD = re.compile(r"[A-Za-z_]\w*")
INCLUDING = frozenset({"include", "include_next", "import", "embed"})
FORCED = ("include/linux/kconfig.h", "include/linux/compiler_types.h")
DEEPEST = 190
MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """One file's active text: inactive lines and directives are empty lines."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A .c file with all it includes. `macros` are those at its end, `former` the undefined.

    `redefined`: names with several bodies, of which the last counts here.
    `doubtful`: conditions that could not be evaluated, and #error lines met.
    """

    path: str
    chunks: tuple[Chunk, ...]
    macros: Mapping[str, Macro]
    former: Mapping[str, Macro]
    redefined: frozenset[str]
    unresolved: tuple[str, ...]
    doubtful: tuple[str, ...]


class Files(Protocol):
    """What can be read: a Tree, or the shim's files."""

    def read(self, path: str) -> bytes | None: ...


@dataclass(slots=True)
class Reader:
    """Sources of one Tree by path, each read once. `kept` may be shared between Trees."""

    tree: Files
    kept: dict[tuple[str, bytes], Source]
    _found: dict[str, Source | None] = field(default_factory=dict)

    def source(self, path: str) -> Source | None:
        if path not in self._found:
            content = self.tree.read(path)
            self._found[path] = None if content is None else self._kept(path, content)
        return self._found[path]

    def _kept(self, path: str, content: bytes) -> Source:
        key = (path, content)
        if key not in self.kept:
            self.kept[key] = read_source(path, content)
        return self.kept[key]


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides an #if before the first line: macros by name, and those of Kconfig.

    `own_folders`: where the file's Makefile has the compiler look for headers.
    """

    architecture: str
    values: Mapping[str, Macro]
    configured: Callable[[str], Macro | None]
    own_folders: tuple[str, ...] = ()

    def find(self, name: str) -> Macro | None:
        found = self.values.get(name)
        if found is None and name.startswith("CONFIG_"):
            return self.configured(name)
        return found

    def folders(self) -> tuple[str, ...]:
        """LINUXINCLUDE of the top Makefile, then those of the file's own."""
        base = f"arch/{self.architecture}/include"
        return (f"{base}/", "include/", f"{base}/uapi/", "include/uapi/", *self.own_folders)


def translate(reader: Reader, path: str, settings: Settings) -> Translation:
    """Walk one .c file; a file that is not there gives an empty translation."""
    walk = _Walk(reader, settings)
    for forced in FORCED:
        walk.enter(forced, 0)
    walk.enter(path, 0)
    return Translation(
        path,
        tuple(walk.chunks),
        walk.macros,
        walk.former,
        frozenset(walk.redefined),
        tuple(sorted(walk.unresolved)),
        tuple(sorted(walk.doubtful)),
    )


class _Walk:
    """The preprocessor's state."""

    def __init__(self, reader: Reader, settings: Settings) -> None:
        self.macros: dict[str, Macro] = dict(settings.values)
        self.former: dict[str, Macro] = {}
        self.redefined: set[str] = set()
        self._settings = settings
        self._undefined: set[str] = set()
        self.chunks: list[Chunk] = []
        self.unresolved: set[str] = set()
        self.doubtful: set[str] = set()
        self._reader = reader
        self._folders = settings.folders()
        self._resolved: dict[tuple[str, str], str | None] = {}
        self._files = 0

    def enter(self, path: str, depth: int) -> None:
        """Read one file, as #include does."""
        source = self._reader.source(path)
        if source is None or source.guard in self.macros:
            return
        self._files += 1
        if depth > DEEPEST or self._files > MOST_FILES:
            self.unresolved.add(path)
            return
        text = self._active(source, depth)
        if text.strip(BLANK):
            self.chunks.append(Chunk(path, text))

    def _active(self, source: Source, depth: int) -> str:
        text, directives = source.text, source.directives
        parts: list[str] = []
        taken: list[bool] = []
        number = position = 0
        while number < len(directives):
            directive = directives[number]
            parts.append(text[position : directive.start])
            position = directive.end
            if directive.word in INCLUDING:
                parts.append(INCLUDED_HERE)
            follow = self._follow(directive, taken, source, depth)
            number += 1
            if not follow:
                number = directive.next_arm
                end = directives[number].start if number < len(directives) else len(text)
                parts.append("\n" * text.count("\n", position, end))
                position = end
        parts.append(text[position:])
        return "".join(parts)

    def _follow(self, directive: Directive, taken: list[bool], source: Source, depth: int) -> bool:
        """Whether the lines after the directive are active; its effect is done."""
        match directive.word:
            case "if" | "ifdef" | "ifndef":
                taken.append(self._holds(directive))
                return taken[-1]
            case "elif" | "else" if taken:
                follow = not taken[-1] and (directive.word == "else" or self._holds(directive))
                taken[-1] = taken[-1] or follow
                return follow
            case "endif":
                if taken:
                    taken.pop()
            case "define" if directive.macro is not None:
                self._define(directive.macro)
            case "error":
                self.doubtful.add(f"#error {directive.rest}")
            case "undef":
                self._undefine(directive.rest)
            case "include":
                self._include(directive.rest, source.path, depth)
        return True

    def _define(self, macro: Macro) -> None:
        earlier = self.macros.get(macro.name) or self.former.get(macro.name)
        if earlier is not None and (earlier.parameters, earlier.body) != (
            macro.parameters,
            macro.body,
        ):
            self.redefined.add(macro.name)
        self.macros[macro.name] = macro

    def _undefine(self, name: str) -> None:
        self._undefined.add(name)
        if (gone := self.macros.pop(name, None)) is not None:
            self.former[name] = gone

    def _find(self, name: str) -> Macro | None:
        found = self.macros.get(name)
        if found is None and name not in self._undefined:
            return self._settings.find(name)
        return found

    def _holds(self, directive: Directive) -> bool:
        if directive.word in {"ifdef", "ifndef"}:
            name = WORD.match(directive.rest)
            defined = name is not None and self._find(name.group()) is not None
            return defined == (directive.word == "ifdef")
        value = evaluate(directive.rest, self._find)
        if value is None:
            self.doubtful.add(directive.rest)
        return bool(value)

    def _include(self, rest: str, path: str, depth: int) -> None:
        match = INCLUDE.match(rest) or INCLUDE.match(self._computed(rest))
        if match is None:
            self.unresolved.add(rest)
            return
        name = match["angled"] or match["quoted"]
        folder = path.rpartition("/")[0] if match["quoted"] else ""
        key = (folder, name)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(folder, name)
        target = self._resolved[key]
        if target is None:
            self.unresolved.add(name)
        else:
            self.enter(target, depth + 1)

    def _computed(self, rest: str) -> str:
        try:
            return expanded(rest, self._find)
        except TooLongError:
            return ""

    def _resolve(self, folder: str, name: str) -> str | None:
        candidates = [f"{folder}/{name}"] if folder else []
        candidates += [f"{base}{name}" for base in self._folders]
        if name.startswith("asm/"):
            generic = name.removeprefix("asm/")
            candidates += [
                f"include/asm-generic/{generic}",
                f"include/uapi/asm-generic/{generic}",
            ]
        for candidate in map(_normal, candidates):
            if self._reader.source(candidate) is not None:
                return candidate
        return None


def _normal(path: str) -> str:
    """`a/../b` is `b`; what leaves the tree keeps its `..` and is found nowhere."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {".", ""}:
            parts.append(part)
    return "/".join(parts)
