"""Draws a defect of one class from the text of a kernel: what `witness_real` has judged."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel_build import Build
from module_exports import FOLDED, export_defects
from text_items import CONFIG, Item, items, named, text_of, tracked

FOLDERS = ("mm", "fs", "net", "drivers", "kernel", "lib", "block", "sound", "crypto", "ipc",
           "security", "include/linux", "include/net", "arch/x86")  # fmt: skip
STUB = re.compile(r"^else\b")


@dataclass(frozen=True, slots=True)
class Defect:
    """`kind`: guard, stub or export. `config`: the symbol X of a guard.

    `unfit`: why the text cannot tell whether it breaks anything, "" for most.
    """

    kind: str
    symbol: str
    path: str
    config: str
    edits: dict[str, str]
    unfit: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.path} {self.symbol} {self.config}".rstrip()


def drawn(build: Build, kind: str, rng: random.Random) -> Iterator[Defect]:
    """Defects of one class, by chance and without end."""
    tree = build.source
    if kind == "export":
        modules = Build(tree, build.output.with_name("allmodconfig"))
        for each in export_defects(modules, FOLDERS, rng):
            unfit = f"used by way of {', '.join(each.folded)}: {FOLDED}" if each.folded else ""
            yield Defect(kind, each.symbol, each.path, "", {each.path: each.text}, unfit)
        return
    every = [path for path in tracked(tree, *FOLDERS) if path.endswith((".c", ".h"))]
    if kind == "stub":
        every = [path for path in every if path.endswith(".h")]
    while True:
        path = rng.choice(every)
        text = text_of(tree, path)
        found = [item for item in items(path, text) if _fits(item, kind, text)]
        if found:
            defect = _made(tree, rng.choice(found), kind, text, rng)
            if defect is not None:
                yield defect


def _fits(item: Item, kind: str, text: str) -> bool:
    if kind == "stub":
        stub = bool(item.guards) and STUB.match(item.guards[-1]) is not None
        return stub and item.kind == "function" and item.is_static and "CONFIG_" in item.guards[-1]
    if item.kind == "record":
        return False
    if item.path.endswith(".c"):
        outside = text[: item.start] + text[item.end :]
        return (item.kind == "macro" or item.is_static) and named(item.name, outside) > 0
    return item.kind != "function" or item.is_static


def _made(tree: Path, item: Item, kind: str, text: str, rng: random.Random) -> Defect | None:
    if kind == "stub":
        return Defect(kind, item.name, item.path, "", {item.path: _without(item, text)})
    configs = sorted({*CONFIG.findall(text), *_of_folder(tree, item.path)})
    configs = [name for name in configs if not any(name in guard for guard in item.guards)]
    if not configs:
        return None
    config = rng.choice(configs)
    around = f"#ifdef CONFIG_{config}\n{item.text}#endif\n"
    new = text[: item.start] + around + text[item.end :]
    return Defect(kind, item.name, item.path, config, {item.path: new})


def _without(item: Item, text: str) -> str:
    return text[: item.start] + text[item.end :]


def _of_folder(tree: Path, path: str) -> list[str]:
    """Symbols that the nearest Kconfig above the file defines."""
    for folder in (tree / path).parents:
        kconfig = folder / "Kconfig"
        if folder == tree:
            break
        if kconfig.is_file():
            return re.findall(r"^(?:menu)?config (\w+)$", kconfig.read_text(), re.MULTILINE)
    return []
