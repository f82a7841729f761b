"""Turns a symbol that cannot be set on one architecture into what it lacks there.

`depends on ARM` names a symbol that x86 does not define, `depends on HAS_UART`
one that nothing there selects: another architecture may have it.
"""

import re
from collections.abc import Iterable, Mapping

from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.definitions import Kconfig

# ARM and 440SPe, not 0x10
WORD = re.compile(r"\b(?!\d+\b|0[xX])\w+")
# "a string"  $(a macro)
OTHER = re.compile(r"\"[^\"]*\"|'[^']*'|\$\([^()]*\)")
# source "drivers/item/Kconfig"
SOURCED = re.compile(r"^[ \t]*source[ \t]+\"?([\w./-]+)", re.MULTILINE)
CONSTANTS = frozenset({"y", "m", "n", "if"})


def lacking(name: str, kconfig: Kconfig) -> frozenset[str]:
    """Symbols that the named one depends on and that are undefined, or that nothing sets."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        needed = _needed(here, kconfig)
        if needed is None:
            found.add(here)
        else:
            waiting.extend(needed)
    return frozenset(found)


def architectures_naming(tree: Tree, default: str) -> Mapping[str, set[str]]:
    """By word: the architectures whose Kconfig files have it.

    Those count beside which the default one does not take, as it has no use for
    drivers of another architecture's buses.
    """
    own: dict[str, list[str]] = {}
    for path in tree.paths():
        if path.startswith("arch/") and "/Kconfig" in path:
            own.setdefault(path.split("/")[1], []).append(path)
    taken = _read(tree, own.get(default, ()), frozenset())[1]
    found: dict[str, set[str]] = {}
    for architecture, paths in own.items():
        for word in _read(tree, paths, taken)[0]:
            found.setdefault(word, set()).add(architecture)
    return found


def _read(
    tree: Tree, paths: Iterable[str], others: frozenset[str]
) -> tuple[set[str], frozenset[str]]:
    """The words of Kconfig files and of those that they take, but the `others`; all of these."""
    words: set[str] = set()
    seen: set[str] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        text = (tree.read(path) or b"").decode("utf-8", "replace")
        words.update(WORD.findall(text))
        taken = {each for each in SOURCED.findall(text) if not each.startswith("arch/")}
        waiting += sorted(taken - seen - others)
        seen |= taken
    return words, frozenset(seen)


def _needed(name: str, kconfig: Kconfig) -> frozenset[str] | None:
    """Symbols that decide whether it can be set, as its definitions say; None if nothing sets it.

    One that a person may always be asked for needs what it depends on. Of another its
    defaults count too, and who selects it.
    """
    definitions = kconfig.definitions.get(name, ())
    selections = kconfig.selected_by.get(name, ())
    set_by_itself = any(each.prompts or each.defaults for each in definitions)
    if not definitions or not (set_by_itself or selections):
        return None
    texts = [text for each in definitions for text in each.depends]
    if any(text.strip() == "" for each in definitions for text in each.prompts):
        return _words(texts)
    texts += [text for each in definitions for text in (*each.prompts, *each.defaults)]
    texts += [text for each in selections for text in each.conditions]
    return _words(texts) | {each.selector for each in selections}


def _words(texts: Iterable[str]) -> frozenset[str]:
    """The symbols in expressions; what a macro or a string says is none."""
    found = (word for text in texts for word in WORD.findall(OTHER.sub(" ", text)))
    return frozenset(found) - CONSTANTS
