"""Turns names of functions into the files that define them and the configuration these need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpatch_tools.condition import FALSE, Atom, Condition, all_of, atoms, satisfy, show, substitute
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.domain import Symbol, Tree
from kpatch_tools.errors import KptError
from kpatch_tools.kbuild import Kbuild
from kpatch_tools.kbuild.fragment import find_fragment
from kpatch_tools.kbuild.kconfig import read_kconfig
from kpatch_tools.modelcheck.extract.configuration import architecture

# a model of several threads stands for several processors
SMP = "SMP"
MODULE = "_MODULE"
PREFIX = "CONFIG_"
# another file of that name, as in mm/slab.c:free_block
MARK = ":"


@dataclass(frozen=True, slots=True)
class Found:
    """Functions by .c file, and the CONFIG options without prefix that they need."""

    subjects: Mapping[str, tuple[str, ...]]
    on: tuple[str, ...]


def find(tree: Tree, functions: Iterable[str]) -> Found:
    """KptError where a function is not defined in one .c file, or is never compiled."""
    subjects: dict[str, list[str]] = {}
    conditions: list[Condition] = []
    kbuild = Kbuild(tree)
    for function in functions:
        path, symbols = _place(tree, function)
        name = function.rpartition(MARK)[2]
        subjects.setdefault(path, []).append(name)
        conditions += [kbuild.file_condition(path), symbols[0].condition]
    return Found(
        {path: tuple(dict.fromkeys(names)) for path, names in subjects.items()},
        _options(tree, all_of(*conditions)),
    )


def _place(tree: Tree, function: str) -> tuple[str, list[Symbol]]:
    """The .c file that defines it, with its definitions there."""
    path, _, name = function.rpartition(MARK)
    candidates = [path] if path else tree.naming(frozenset({name}))
    found = {
        each: symbols
        for each in candidates
        if each.endswith((".c", ".h")) and (symbols := _definitions(tree, each, name))
    }
    sources = sorted(each for each in found if each.endswith(".c"))
    if len(sources) == 1:
        return sources[0], found[sources[0]]
    if sources:
        raise KptError(
            f"{name} is defined in {len(sources)} files: {', '.join(sources[:5])}",
            f"say which: --function {sources[0]}{MARK}{name}",
        )
    if found:
        raise KptError(
            f"{name} is defined in a header ({min(found)})",
            "name functions of a .c file that call it; it comes along",
        )
    where = path or tree.label
    raise KptError(f"{where} defines no function {name}", "name functions that the tree defines")


def _definitions(tree: Tree, path: str, name: str) -> list[Symbol]:
    content = tree.read(path)
    if content is None or name.encode() not in content:
        return []
    every = declarations(path, content)
    return [symbol for symbol in every if (symbol.name, symbol.kind) == (name, "function")]


def _options(tree: Tree, condition: Condition) -> tuple[str, ...]:
    """What must be y, of what the condition names: nothing is built as a module."""
    where = architecture(tree)
    kconfig = read_kconfig(tree, {"ARCH": where, "SRCARCH": where})
    built_in = substitute(
        condition,
        {name: FALSE for name in atoms(condition) if name.endswith(MODULE)},
    )
    both = all_of(built_in, Atom(PREFIX + SMP)) if SMP in kconfig.definitions else built_in
    fragment = find_fragment(both, kconfig)
    if fragment is None:
        raise KptError(
            f"no configuration compiles these functions into one kernel: {show(condition)[:200]}",
            "name functions that are compiled together",
        )
    if isinstance(fragment, tuple):
        yes = {line.removesuffix("=y") for line in fragment if line.endswith("=y")}
    else:
        yes = {name for name, value in (satisfy(both) or {}).items() if value}
    wanted = {name for name in atoms(both) if name in yes or _is_needed(name, both)}
    options = {name.removeprefix(PREFIX) for name in wanted if name.startswith(PREFIX)}
    return tuple(sorted({SMP, *options}))


def _is_needed(name: str, condition: Condition) -> bool:
    """Whether the condition fails without the option: a fragment leaves out what is default."""
    return satisfy(substitute(condition, {name: FALSE})) is None
