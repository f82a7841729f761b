"""Drops EXPORT_SYMBOL lines that modules need, and asks modpost whether a module lacks one.

The vmlinux that modpost reads is reduced: the one object that exports, copied
as `vmlinux.o` where it is built in, and a Module.symvers that says of every
other name the module's object needs that vmlinux has it. So what modpost calls
undefined can only be the symbol in question.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel_build import UNDEFINED, Build
from kpt_findings import Told
from text_items import files_naming, items, named, text_of, tracked

USERS = ("drivers", "fs", "net", "sound", "crypto", "lib", "arch/x86", "block", "security")
MOST_USERS = 6
MOST_HEADERS = 40
INLINES = 2
FOLDED = "__builtin_constant_p"
# EXPORT_SYMBOL_GPL(take);
EXPORT = re.compile(r"^EXPORT_SYMBOL(?:_GPL)?\((?P<name>\w+)\);\n", re.MULTILINE)
# "                 U take"
NEEDED = re.compile(r"^\s+U (\w+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dropped:
    """An export that is taken out: `text` is that of its file then.

    `folded`: the inline functions that carry it into modules, where each asks
    `__builtin_constant_p`: a compiler may leave the use out, which no reader of
    the source can tell.
    """

    symbol: str
    path: str
    text: str
    folded: tuple[str, ...] = ()


def export_defects(build: Build, folders: tuple[str, ...], rng: random.Random) -> Iterator[Dropped]:
    """Exports without which a module of allmodconfig cannot be linked."""
    tree = build.source
    every = [path for path in tracked(tree, *folders) if path.endswith(".c")]
    if not (build.output / ".config").is_file():
        build.configured((), "allmodconfig")
    build.prepare()
    while True:
        path = rng.choice(every)
        text = text_of(tree, path)
        found = list(EXPORT.finditer(text))
        if not found:
            continue
        match = rng.choice(found)
        rest = text[: match.start()] + text[match.end() :]
        names, folded = _carriers(match["name"], build)
        if _has_module(match["name"], names, path, build, rng):
            yield Dropped(match["name"], path, rest)
        elif folded and _has_module(match["name"], names | folded, path, build, rng):
            yield Dropped(match["name"], path, rest, tuple(sorted(folded)))


def _carriers(symbol: str, build: Build) -> tuple[set[str], set[str]]:
    """The symbol and the inline functions of headers that carry it; those where it may be folded.

    Folded is it in one that asks `__builtin_constant_p`, and in those that have it by way of one.
    """
    names, folded = {symbol}, set[str]()
    for _ in range(INLINES):
        every = names | folded
        naming = {path for name in every for path in files_naming(build.source, name, "include")}
        if len(naming) > MOST_HEADERS:
            break
        found = [
            item
            for path in naming
            for item in items(path, text_of(build.source, path))
            if item.kind == "function" and any(named(name, item.text) for name in every)
        ]
        for item in found:
            sure = FOLDED not in item.text and any(named(name, item.text) for name in names)
            (names if sure else folded).add(item.name)
    return names, folded - names


def _has_module(
    symbol: str, names: set[str], exporter: str, build: Build, rng: random.Random
) -> bool:
    """Whether an object of a module needs the symbol: of a few sources that have the names."""
    folder = exporter.rpartition("/")[0]
    sources = {
        path
        for name in names
        for path in files_naming(build.source, name, *USERS)
        if path.endswith(".c") and path.rpartition("/")[0] != folder
    }
    chosen = rng.sample(sorted(sources), min(MOST_USERS, len(sources)))
    if chosen:
        build.compiled(*chosen)
    return any(_is_module(path, symbol, build) for path in chosen)


def _is_module(path: str, symbol: str, build: Build) -> bool:
    made = build.output / f"{path.rpartition('.')[0]}.o"
    recorded = made.parent / f".{made.name}.cmd"
    if not made.is_file() or not recorded.is_file() or " -DMODULE " not in recorded.read_text():
        return False
    return symbol in NEEDED.findall(_run(build.output, "nm", "-u", str(made)))


def lacking(build: Build, exporter: str, user: str, symbol: str) -> bool | None:
    """Whether modpost says the symbol is undefined for the user; None: the two do not compile."""
    if any(build.compiled(path) != () for path in (exporter, user)):
        return None
    folder = build.output / "modpost-of-one"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    objects = {path: build.output / f"{path.rpartition('.')[0]}.o" for path in (exporter, user)}
    symbols = _run(build.output, "nm", "-u", str(objects[user]))
    others = [name for name in NEEDED.findall(symbols) if name != symbol]
    recorded = objects[user].parent / f".{objects[user].name}.cmd"
    if symbol not in NEEDED.findall(symbols) or " -DMODULE " not in recorded.read_text():
        return None
    rest = folder / "others.symvers"
    rest.write_text("".join(f"0x00000000\t{name}\tvmlinux\tEXPORT_SYMBOL\t\n" for name in others))
    built_in = folder / "vmlinux.o"
    shutil.copy(objects[exporter], built_in)
    module = folder / "user.o"
    shutil.copy(objects[user], module)
    # what modpost reads of a module that has a MODULE_VERSION
    (folder / "user.mod").write_text("user.o\n\n")
    shutil.copy(recorded, folder / ".user.o.cmd")
    said = _run(
        folder,
        str(build.output / "scripts/mod/modpost"),
        *("-i", str(rest), "-o", "made.symvers", "vmlinux.o", "user.o"),
    )
    return any(match["name"] == symbol for match in UNDEFINED.finditer(said))


def _run(folder: Path, *command: str) -> str:
    run = subprocess.run(["nice", "-n4", *command], cwd=folder, capture_output=True, text=True)
    return run.stdout + run.stderr


def proved_export(told: Told, exporter: str, edits: dict[str, str], build: Build) -> str:
    """The verdict on a finding under the configuration that stands in the build folder.

    The finding stands at the user or names it among the related places.
    """
    places = (told.path, *(path for path, _ in told.related))
    user = next((path for path in places if path.endswith(".c") and path != exporter), None)
    if user is None:
        return "names no user"
    exporter, user = build.unit(exporter), build.unit(user)
    if build.selected(exporter, user) != (exporter, user):
        return "not built"
    without = lacking(build, exporter, user, told.symbol)
    kept = {path: (build.source / path).read_bytes() for path in edits}
    try:
        for path, text in edits.items():
            (build.source / path).write_bytes(text.encode("utf-8", "surrogateescape"))
        with_ = lacking(build, exporter, user, told.symbol)
    finally:
        for path, content in kept.items():
            (build.source / path).write_bytes(content)
    if without is None or with_ is None:
        return "not compiled"
    if without:
        return "broken before"
    return "proved" if with_ else "not so"
