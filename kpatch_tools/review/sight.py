"""Tells which declarations of a name a file of a tree may see.

Too many rather than too few: all #if arms of all headers that may be
included, wherever in the file a declaration stands. So a use that no
declaration in sight covers is covered by none.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from kpatch_tools.csource.lexer import uncommented
from kpatch_tools.domain import Place, Skipped, Symbol, Tree
from kpatch_tools.kbuild.entering import entering
from kpatch_tools.kbuild.makefiles import is_makefile
from kpatch_tools.review.declaring import Naming
from kpatch_tools.review.pasting import Call, calls_of, may_make, may_spell
from kpatch_tools.review.reach import Numbers, Reach
from kpatch_tools.review.reading import Outer, Reading, is_part
from kpatch_tools.review.units import Units

# What a name outside structs can be declared as.
KINDS = frozenset(
    {
        "function",
        "prototype",
        "macro",
        "variable",
        "enumerator",
        "typedef",
        "struct",
        "union",
        "enum",
    }
)
ARCHITECTURE = re.compile(r"arch/[^/]+/Kconfig")
MADE = "may be made by a macro call of {path}, which is not expanded"


class FileSight:
    """`domain.Sight` of one tree. What was found for a tree before is kept where it still holds."""

    def __init__(self, tree: Tree, reading: Reading, reach: Reach | None = None) -> None:
        self._tree = tree
        self._reading = reading
        self._reach = reach or Reach(tree, reading, Numbers())
        self.units = Units(tree, reading, self._reach)
        # sets of files, as Reach has them: what each file may include; those looked at
        self._files: dict[str, int] = {}
        self._looked = 0
        self._naming = Naming()
        self._declared: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        self._macros: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        self._searched: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        # the tree that differs from this one in `_paths`
        self._before: FileSight | None = None
        self._paths = frozenset[str]()
        # of a name: the files that were searched for it, and those that have it on any line
        self._words: dict[str, tuple[int, int]] = {}
        self._doubts: dict[tuple[str, str], tuple[Skipped, ...]] = {}

    def changed(self, tree: Tree, paths: frozenset[str]) -> "FileSight":
        """The sight of a tree that differs from this one in `paths`."""
        if any(map(is_makefile, paths)) and entering(self._tree) != entering(tree):
            # sources have the headers of another architecture now
            return FileSight(tree, self._reading)
        if any(map(ARCHITECTURE.fullmatch, paths)):
            # and so where there are others
            return FileSight(tree, self._reading)
        new = FileSight(tree, self._reading, self._reach.changed(tree, paths))
        touched = sum(map(self._reach.numbers.bit, paths))
        new._looked = self._looked & ~touched
        new._naming = self._naming.changed(paths)
        new.units = self.units.changed(tree, new._reach, paths)
        new._words = {
            name: (asked & ~touched, having & ~touched)
            for name, (asked, having) in self._words.items()
        }
        new._before, new._paths = self, paths
        return new

    def _stays(self, path: str, may_tell: Callable[["FileSight", str], bool]) -> "FileSight | None":
        """The sight before, where what the file sees of a name is the same there.

        That is where it may include the same files, and of those that differ
        none may tell of the name, in either.
        """
        before = self._before
        if before is None:
            return None
        files, numbers = self._within(path), self._reach.numbers
        if before._within(path) != files:
            return None
        seen = (each for each in self._paths if files & numbers.bit(each))
        told = any(may_tell(side, each) for each in seen for side in (before, self))
        return None if told else before

    def declared(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Every declaration in the file or in what it may include, under its own #if lines."""
        key = (path, name)
        if key not in self._declared:
            before = self._stays(path, lambda side, each: side._read(each).may_declare(name))
            self._declared[key] = (
                before.declared(path, name) if before else tuple(self._found(path, name))
            )
        return self._declared[key]

    def _found(self, path: str, name: str) -> Iterator[Symbol]:
        for place in self._candidates(path, name):
            yield from self._in(place, name)

    def _read(self, path: str) -> Outer:
        return self._reading.outer(self._tree, path)

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        """Every declaration that stands in this one file."""
        return self._reading.declared(self._tree, path)

    def own(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Those of one name, found by it."""
        return self._reading.named(self._tree, path, name)

    def macros(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Those of `declared` that are macros: cheaper, for files are not parsed for them."""
        key = (path, name)
        if key not in self._macros:
            word = name.encode()
            before = self._stays(path, lambda side, each: word in side._read(each).macros)
            self._macros[key] = (
                before.macros(path, name) if before else tuple(self._defined(path, name))
            )
        return self._macros[key]

    def _defined(self, path: str, name: str) -> Iterator[Symbol]:
        for place in self._looked_at(path, self._naming.defining, name):
            yield from self._reading.macros(self._tree, place, name)

    def searched(self, path: str, name: str) -> tuple[Symbol, ...]:
        """The same, looked for on every line: slower, and it misses no enumerator."""
        key = (path, name)
        if key not in self._searched:
            word = name.encode()
            before = self._stays(path, lambda side, each: word in (side._tree.read(each) or b""))
            self._searched[key] = (
                before.searched(path, name)
                if before
                else self._reading.of_tree(
                    self._tree,
                    ("searched", path, name),
                    tuple[Symbol, ...],
                    partial(self._on_any_line, path, name),
                )
            )
        return self._searched[key]

    def _on_any_line(self, path: str, name: str) -> tuple[Symbol, ...]:
        files, numbers = self._within(path), self._reach.numbers
        asked, having = self._words.get(name, (0, 0))
        whole = name.encode()
        word = re.compile(rb"\b" + whole + rb"\b")
        for place in numbers.paths(files & ~asked):
            text = self._tree.read(place) or b""
            # a pattern is slow to search for what is nowhere
            if whole in text and word.search(text):
                having |= numbers.bit(place)
        self._words[name] = (asked | files, having)
        places = sorted(numbers.paths(files & having))
        return tuple(symbol for place in places for symbol in self._in(place, name))

    def unresolved(self, path: str) -> tuple[str, ...]:
        """Names that the file itself includes and no file of the tree answers to."""
        search = self._reach.search
        folders = search.folders(path)
        return tuple(
            name
            for quoted, name in self._reading.included(self._tree, path)
            if not search.resolved(path if quoted else "", name, folders)
        )

    def doubts(self, path: str, name: str) -> tuple[Skipped, ...]:
        """Macro calls that may make the name, in files where no declaration of it was found."""
        key = (path, name)
        if key not in self._doubts:
            self._doubts[key] = tuple(self._doubted(path, name))
        return self._doubts[key]

    def _doubted(self, path: str, name: str) -> Iterator[Skipped]:
        found = {symbol.place.path for symbol in self.declared(path, name)}
        makers = self._naming.making(name) & {path, *self.reached(path)}
        for maker in sorted(makers - found):
            if self._obscure(path, maker, name):
                yield Skipped(Place(path, 0), MADE.format(path=maker), name)

    def _obscure(self, path: str, maker: str, name: str) -> bool:
        """Whether a macro call that may make the name made nothing that was understood.

        The macro's definition in sight of `path`, or the call written out, may
        say that it makes no such name.
        """
        declared = self._reading.declared(self._tree, maker)
        texts = [symbol.text.replace(" ", "") for symbol in declared]
        # inline int\nNF_HOOK(int pf)
        functions = {symbol.name for symbol in declared if symbol.kind in {"function", "prototype"}}
        whole = name.encode()
        macros = {
            macro.decode()
            for macro, parts in self._outer(maker).calls
            if any(part in whole and is_part(part, whole) for part in parts)
        }
        look = partial(self.macros, path)
        source = uncommented(self._tree.read(maker) or b"") if macros else b""
        return any(
            not any(text.startswith(f"{macro}(") for text in texts)
            and any(
                may_make(call, name, look) and may_spell(call.text, name, look)
                # a call that no parentheses end is not understood
                for call in calls_of(macro, source) or (Call(macro, (name,)),)
            )
            for macro in sorted(macros - functions)
        )

    def _in(self, place: str, name: str) -> Iterator[Symbol]:
        for symbol in self._reading.named(self._tree, place, name):
            if symbol.kind in KINDS:
                yield symbol

    def _candidates(self, path: str, name: str) -> list[str]:
        """The file and what it may include, where the name may be declared."""
        return self._looked_at(path, self._naming.of, name)

    def _looked_at(self, path: str, where: Callable[[str], Iterable[str]], name: str) -> list[str]:
        """The file and what it may include, as far as `where` says that the name is there."""
        files, numbers = self._within(path), self._reach.numbers
        for place in numbers.paths(files & ~self._looked):
            self._outer(place)
        self._looked |= files
        return sorted(each for each in where(name) if files >> numbers.of(each) & 1)

    def reached(self, path: str) -> frozenset[str]:
        """Every file that may be included from `path`, itself left out."""
        return frozenset(self._reach.numbers.paths(self._within(path))) - {path}

    def sees(self, path: str, any_of: frozenset[str]) -> bool:
        """Whether the file is one of these or may include one."""
        return bool(self._within(path) & sum(map(self._reach.numbers.bit, any_of)))

    def _within(self, path: str) -> int:
        """The file and what it may include, as a set of Reach."""
        if path not in self._files:
            self._files[path] = self._reach.of(path)
        return self._files[path]

    def _outer(self, path: str) -> Outer:
        known = self._naming.outer(path)
        if known is None:
            known = self._reading.outer(self._tree, path)
            self._naming.add(path, known)
        return known
