"""Turns a file of a tree into the translation unit that typing asks: what it may see, by name."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import count

from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.typing.places import Places
from kpatch_tools.csource.typing.text import SHIFT, Text
from kpatch_tools.csource.typing.world import Known, Unit
from kpatch_tools.domain import Tree
from kpatch_tools.review.reach import Numbers, Reach
from kpatch_tools.review.reading import Reading

# #define foo(x) ..., not #define FOO 1
DEFINED = re.compile(
    rb"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)(?=\(|[ \t]+\(*[A-Za-z_{&*\\]|[ \t]*$)",
    re.MULTILINE,
)
# struct __packed foo {
TAGGED = re.compile(rb"\b(?:struct|union)\b([^;{}=*,/]{1,120})\{")
# extern struct foo *bar(int x);
OUTER_LINE = re.compile(rb"^[A-Za-z_}][^\n]*", re.MULTILINE)
DECLARED = re.compile(rb"([A-Za-z_]\w*)\s*(?=[(;=\[,):]|__\w|$)", re.MULTILINE)
WORD = re.compile(rb"[A-Za-z_]\w*")
# So many files that include one tell what it may use without including it.
NEAR = 4
# Of a macro that more files may use, the uses are not looked at.
MOST = 200


class Units:
    """The translation units of one tree. `base` holds what was read of a tree that differs
    from this one in the files `changed` alone.
    """

    def __init__(
        self,
        tree: Tree,
        reading: Reading,
        reach: Reach,
        base: "Units | None" = None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        self._tree = tree
        self._reading = reading
        self._reach = reach
        self._base = base
        self._changed = changed
        self._touched = sum(map(reach.numbers.bit, changed))
        self._serial: Iterator[int] = count(1) if base is None else base._serial
        self._texts: dict[str, Text] = {}
        self._numbered: dict[int, str] = {}
        self._words = _Words(reach.numbers, reading)
        self._known = Known()
        self._places: dict[str, Places] = {}
        self._visible: dict[str, int] = {}

    def changed(self, tree: Tree, reach: Reach, paths: frozenset[str]) -> "Units":
        """Those of a tree that differs from this one in `paths`."""
        base = self if self._base is None else self._base
        return Units(tree, self._reading, reach, base, self._changed | paths)

    def text(self, path: str) -> Text:
        """The file, read as far as asked."""
        if self._base is not None and path not in self._changed:
            return self._base.text(path)
        if path not in self._texts:
            source = self._tree.read(path) or b""
            self._texts[path] = Text(path, source, next(self._serial))
            self._numbered[self._texts[path].base >> SHIFT] = path
        return self._texts[path]

    def path_of(self, number: int) -> str:
        """The path of a text by its number."""
        if number in self._numbered or self._base is None:
            return self._numbered[number]
        return self._base.path_of(number)

    def places(self, path: str) -> Places:
        """The file, ready to be asked of which struct its members are."""
        if path not in self._places:
            unit = Unit(_Sources(self, path), self._known)
            self._places[path] = Places(self.text(path), unit, self.users)
        return self._places[path]

    def reach(self, path: str) -> int:
        """The files that it may include, itself among them, as bits."""
        return self._reach.of(path)

    def visible(self, path: str) -> int:
        """The same and, of a file that others include, what they include."""
        if path not in self._visible:
            self._visible[path] = self.reach(path) | self.around(path)
        return self._visible[path]

    def bit(self, path: str) -> int:
        """The set of this one file."""
        return self._reach.numbers.bit(path)

    def defining(self, name: str, files: int) -> tuple[Text, ...]:
        """The files of a set that may define the name."""
        if self._base is None:
            found = self._words.naming(name, files, self._tree)
        else:
            found = (
                *self._base._words.naming(name, files & ~self._touched, self._base._tree),
                *self._words.naming(name, files & self._touched, self._tree),
            )
        return tuple(self.text(path) for path in found)

    def around(self, path: str) -> int:
        """What those files see that include this one, of its own folder."""
        folder, _, name = path.rpartition("/")
        files = 0
        for other in self._including(folder, name)[:NEAR]:
            if other != path:
                files |= self.reach(other)
        return files

    def users(self, macro: str, path: str) -> tuple[Places, ...] | None:
        """The files that may use a macro of a file; None where they are too many."""
        if path.endswith(".c"):
            return (self.places(path),)
        bit = self.bit(path)
        found = [each for each in self._naming(macro, path) if self.visible(each) & bit]
        return tuple(map(self.places, found)) if len(found) <= MOST else None

    def _naming(self, macro: str, path: str) -> list[str]:
        """C files that name a macro; of one that only a subsystem includes, those of it."""
        if "include/" in path:
            return [each for each in self._tree.naming(frozenset((macro,))) if is_c(each)]
        near = "/".join(path.split("/")[:2]) + "/"
        word = macro.encode()
        below = (f"{folder}/" for folder in self._beside if f"{folder}/".startswith(near))
        paths = (each for folder in sorted(below) for each in self._beside[folder[:-1]])
        return [each for each in paths if word in (self._tree.read(each) or b"")]

    def _including(self, folder: str, name: str) -> list[str]:
        """Who of the folder includes a file of that name."""
        if self._base is not None:
            found = self._base._including(folder, name)
            changed = self._changed_beside.get(folder)
            if changed is None:
                return found
            kept = (other for other in found if other not in changed)
            own = (other for other in changed for each in self._names(other) if each == name)
            return sorted([*kept, *own])
        if folder not in self._includers:
            found_by: dict[str, list[str]] = {}
            for other in self._beside.get(folder, ()):
                for each in self._names(other):
                    found_by.setdefault(each, []).append(other)
            self._includers[folder] = found_by
        return self._includers[folder].get(name, [])

    def _names(self, path: str) -> list[str]:
        """What the file includes, by the last part of the name."""
        included = self._reading.included(self._tree, path)
        return [each.rpartition("/")[2] for _, each in included]

    @cached_property
    def _includers(self) -> dict[str, dict[str, list[str]]]:
        """By folder and by the included file's name, who of the folder includes it."""
        return {}

    @cached_property
    def _changed_beside(self) -> dict[str, frozenset[str]]:
        """The C files that differ, by folder."""
        found: dict[str, set[str]] = {}
        for path in filter(is_c, self._changed):
            found.setdefault(path.rpartition("/")[0], set()).add(path)
        return {folder: frozenset(paths) for folder, paths in found.items()}

    def _moved(self, base: "Units") -> bool:
        """Whether files came or went."""
        old, new = base._tree, self._tree
        return any((old.mode(p) is None) != (new.mode(p) is None) for p in self._changed)

    @cached_property
    def _beside(self) -> dict[str, list[str]]:
        """C files by folder."""
        if self._base is not None and not self._moved(self._base):
            return self._base._beside
        found: dict[str, list[str]] = {}
        for path in self._tree.paths():
            if is_c(path):
                found.setdefault(path.rpartition("/")[0], []).append(path)
        return found


class _Words:
    """Which of the files looked at so far may define a word at file scope."""

    def __init__(self, numbers: Numbers, reading: Reading) -> None:
        self._numbers = numbers
        self._reading = reading
        self._defining: dict[bytes, list[int]] = {}
        self._paths: dict[int, str] = {}
        self._looked = 0

    def naming(self, name: str, files: int, tree: Tree) -> tuple[str, ...]:
        """Paths of a set that may define the name; files that are new are looked at."""
        fresh = files & ~self._looked
        if fresh:
            for path in self._numbers.paths(fresh):
                self._add(path, tree)
            self._looked |= fresh
        found = self._defining.get(name.encode("latin-1"), ())
        return tuple(self._paths[number] for number in found if files >> number & 1)

    def _add(self, path: str, tree: Tree) -> None:
        number = self._numbers.of(path)
        self._paths[number] = path
        for word in self._reading.words(tree, path, "defined", _words):
            self._defining.setdefault(word, []).append(number)


def _words(source: bytes) -> Iterable[bytes]:
    yield from DEFINED.findall(source)
    for tags in TAGGED.findall(source):
        yield from WORD.findall(tags)
    for line in OUTER_LINE.findall(source):
        yield from DECLARED.findall(line)


class _Sources:
    """`world.Sources` of one file: itself first, then what it may include."""

    def __init__(self, units: Units, path: str) -> None:
        self._units = units
        self._path = path
        self._own = units.text(path)
        self._files = units.reach(path)

    def own(self) -> Text:
        """The unit's own file."""
        return self._own

    def defining(self, name: str) -> tuple[Text, ...]:
        """Files in sight that may define the name."""
        found = self._units.defining(name, self._files)
        if not found and name not in self._own.words:
            found = self._units.defining(name, self._units.visible(self._path))
        return (self._own, *(text for text in found if text is not self._own))
