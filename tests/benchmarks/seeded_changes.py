"""Incomplete changes of a kernel's C, drawn by chance from its text.

Each takes a declaration of one area and removes, renames, guards or re-signs it
while users stay behind. Nothing of kpt takes part.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from text_items import CONFIG, Item, files_naming, items, named, text_of

MOST_FILES = 40
RENAMED = "_moved"
# what follows on a line, to the end of a comment that begins there
REST = r"(?:/\*(?s:.*?)\*/|(?!/\*)[^\n])*\n"
# "        struct list_head list;" and "        IDLE," in the bodies of structs and enums
MEMBER = re.compile(rf"^\t[\w \t*]*?[ \t*](?P<name>[a-z_]\w*)(?:\[\w*\])?;{REST}", re.MULTILINE)
ENUMERATOR = re.compile(rf"^\t(?P<name>[A-Z_][A-Z0-9_]+)(?: = [^,\n]*)?,{REST}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SeededChange:
    kind: str
    symbol: str
    path: str
    edits: dict[str, str]

    @property
    def names(self) -> frozenset[str]:
        """The symbol, and what a renaming calls it."""
        return frozenset((self.symbol, f"{self.symbol}{RENAMED}"))

    def __str__(self) -> str:
        return f"{self.kind} {self.path} {self.symbol}"


@dataclass(frozen=True, slots=True)
class Area:
    """The files that a change is drawn from, and the folders whose objects gcc compiles."""

    tree: Path
    name: str
    files: tuple[str, ...]
    folders: tuple[str, ...]


Drawing = Callable[[Area, Item, str, random.Random], dict[str, str] | None]


def changes(area: Area, rng: random.Random) -> Iterator[SeededChange]:
    """Without end, the kinds in turn."""
    while True:
        for kind in KINDS:
            for _ in range(400):
                path = rng.choice(area.files)
                text = text_of(area.tree, path)
                fitting = [item for item in listed(path, text) if FITS[kind](item)]
                if not fitting:
                    continue
                item = rng.choice(fitting)
                edits = KINDS[kind](area, item, text, rng)
                if edits is not None:
                    symbol = item.name
                    yield SeededChange(kind, symbol, path, edits)
                    break


@cache
def listed(path: str, text: str) -> tuple[Item, ...]:
    """The declarations of a file, and the members and enumerators of its structs and enums."""
    found = list(items(path, text))
    inner = []
    for item in found:
        if item.kind == "record":
            is_enum = item.text.startswith("enum")
            pattern = ENUMERATOR if is_enum else MEMBER
            for match in pattern.finditer(item.text):
                first = item.start + match.start()
                kind = "enumerator" if is_enum else "member"
                span = (first, item.start + match.end())
                inner.append(Item(path, kind, match["name"], *span, None, match[0], item.guards))
    return (*found, *inner)


def removed(area: Area, item: Item, text: str, rng: random.Random) -> dict[str, str] | None:
    """The declaration taken out."""
    rest = text[: item.start] + text[item.end :]
    return {item.path: rest} if _used(area, item, rest) else None


def guarded(area: Area, item: Item, text: str, rng: random.Random) -> dict[str, str] | None:
    """The declaration under an #ifdef of a symbol that the area names."""
    configs = sorted(set(CONFIG.findall("".join(text_of(area.tree, p) for p in area.files))))
    config = rng.choice([name for name in configs if not any(name in g for g in item.guards)])
    around = f"#ifdef CONFIG_{config}\n{item.text}#endif\n"
    rest = text[: item.start] + text[item.end :]
    whole = text[: item.start] + around + text[item.end :]
    return {item.path: whole} if _used(area, item, rest) else None


def renamed(area: Area, item: Item, text: str, rng: random.Random) -> dict[str, str] | None:
    """Every word of the tree renamed but at one or two sites of the area's sources."""
    private = item.path.endswith(".c") and (item.is_static or item.kind == "macro")
    paths = (item.path,) if private else files_naming(area.tree, item.name, ".")
    if not 0 < len(paths) <= MOST_FILES:
        return None
    word = re.compile(rf"\b{item.name}\b")
    texts = {path: text_of(area.tree, path) for path in paths}
    sites = [
        (path, match.start())
        for path in paths
        if path.endswith(".c") and path.startswith(area.folders)
        for match in word.finditer(texts[path])
        if _in_code(texts[path], match.start())
        and not (path == item.path and item.start <= match.start() < item.end)
    ]
    if not sites:
        return None
    kept = set(rng.sample(sites, min(len(sites), rng.choice((1, 2)))))
    new = f"{item.name}{RENAMED}"
    return {
        path: word.sub(lambda m, path=path: m[0] if (path, m.start()) in kept else new, texts[path])
        for path in paths
    }


def resigned(area: Area, item: Item, text: str, rng: random.Random) -> dict[str, str] | None:
    """One parameter more in every declaration of the function, none in its calls."""
    if item.is_static:
        paths: tuple[str, ...] = (item.path,)
    else:
        paths = files_naming(area.tree, item.name, ".")
    if not 0 < len(paths) <= MOST_FILES:
        return None
    edits = {}
    for path in paths:
        if not path.endswith((".c", ".h")):
            continue
        old = text_of(area.tree, path)
        new = old
        for each in sorted(items(path, old), key=lambda each: -each.start):
            if each.name == item.name and each.kind in {"function", "prototype"}:
                more = _with_parameter(each)
                new = new[: each.start] + more + new[each.end :]
        if new != old:
            edits[path] = new
    return edits if item.path in edits and _used(area, item, text) else None


def _with_parameter(item: Item) -> str:
    arguments = item.arguments or ""
    more = "int more" if arguments.strip() in {"", "void"} else f"{arguments}, int more"
    return item.text.replace(f"({arguments})", f"({more})", 1)


def _used(area: Area, item: Item, rest: str) -> bool:
    """Whether a source of the area's folders still names it."""
    if named(item.name, rest) and item.path.endswith(".c"):
        return True
    if item.path.endswith(".c") and item.kind != "function":
        return False
    naming = files_naming(area.tree, item.name, *area.folders)
    return any(path.endswith(".c") and path != item.path for path in naming)


def _in_code(text: str, offset: int) -> bool:
    """Not on a line of a comment, a string or a directive (roughly)."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return not re.search(r'^\s*(?:/?\*|#)|//|/\*|"', line)


def _is_declared(item: Item) -> bool:
    return item.kind in {"function", "prototype", "variable", "macro"} and (
        item.is_static or item.kind in {"macro", "prototype"}
    )


KINDS: dict[str, Drawing] = {
    "remove function": removed,
    "rename function": renamed,
    "re-sign function": resigned,
    "remove macro": removed,
    "guard": guarded,
    "remove enumerator": removed,
    "rename macro": renamed,
    "remove variable": removed,
    "remove prototype": removed,
    "remove member": removed,
}
FITS: dict[str, Callable[[Item], bool]] = {
    "remove function": lambda item: item.kind == "function" and item.is_static,
    "rename function": lambda item: item.kind == "function",
    "re-sign function": lambda item: item.kind == "function",
    "remove macro": lambda item: item.kind == "macro",
    "guard": _is_declared,
    "remove enumerator": lambda item: item.kind == "enumerator",
    "rename macro": lambda item: item.kind == "macro",
    "remove variable": lambda item: item.kind == "variable",
    "remove prototype": lambda item: item.kind == "prototype",
    "remove member": lambda item: item.kind == "member",
}
