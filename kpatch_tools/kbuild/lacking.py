"""Turns a symbol that cannot be set, or unset, on one architecture into others that may.

`depends on ARM` names a symbol that x86 does not define, `depends on HAS_UART`
one that nothing there selects, `depends on !MMU` one that is always y there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpatch_tools.kbuild.definitions import Kconfig
from kpatch_tools.kbuild.readings import Readable

# ARM and 440SPe, not 0x10
WORD = re.compile(r"\b(?!\d+\b|0[xX])\w+")
# !X86  !(ARM || ARM64)  MMU = n  MMU != y
NEGATED = re.compile(r"!\s*(\w+)|!\s*\(([^()]*)\)|\b(\w+)\s*(?:=\s*n|!=\s*y)\b")
# "a string"  $(a macro)
OTHER = re.compile(r"\"[^\"]*\"|'[^']*'|\$\([^()]*\)")
# source "drivers/item/Kconfig"
SOURCED = re.compile(r"^[ \t]*source[ \t]+\"?([\w./-]+)", re.MULTILINE)
PROMPT = re.compile(r"^[ \t]+(?:bool|tristate|prompt)[ \t]+[\"']", re.MULTILINE)
ALWAYS = re.compile(r"^[ \t]+(?:def_bool|default)[ \t]+y[ \t]*$", re.MULTILINE)
# default n if X
NEVER = re.compile(r"\s*n\b")
CONSTANTS = frozenset({"y", "m", "n", "if"})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a symbol needs: `missing` symbols are undefined, or nothing sets them.

    `unset` are those that may have to be n, `named` are all that were met.
    """

    missing: frozenset[str]
    unset: frozenset[str]
    named: frozenset[str]


def needs_of(name: str, kconfig: Kconfig) -> Needs:
    """What decides whether the symbol can be set, followed through all definitions."""
    missing: set[str] = set()
    unset: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        texts, selectors = _texts(here, kconfig)
        if texts is None:
            missing.add(here)
        else:
            negated = _negated(texts)
            waiting.extend((_words(texts) - negated) | selectors)
            unset |= negated
    return Needs(frozenset(missing), frozenset(unset), frozenset(seen))


def _texts(name: str, kconfig: Kconfig) -> tuple[list[str] | None, frozenset[str]]:
    """The expressions that decide, and who selects it; None if nothing sets it.

    One that a person may always be asked for needs what it depends on. Of another its
    defaults count too, and its selectors.
    """
    definitions = kconfig.definitions.get(name, ())
    selections = kconfig.selected_by.get(name, ())
    set_by_itself = any(
        each.prompts or any(not NEVER.match(text) for text in each.defaults) for each in definitions
    )
    if not definitions or not (set_by_itself or selections):
        return None, frozenset()
    texts = [text for each in definitions for text in each.depends]
    if any(text.strip() == "" for each in definitions for text in each.prompts):
        return texts, frozenset()
    texts += [text for each in definitions for text in (*each.prompts, *each.defaults)]
    texts += [text for each in selections for text in each.conditions]
    return texts, frozenset(each.selector for each in selections)


def _words(texts: Iterable[str]) -> frozenset[str]:
    """The symbols in expressions; what a macro or a string says is none."""
    found = (word for text in texts for word in WORD.findall(OTHER.sub(" ", text)))
    return frozenset(found) - CONSTANTS


def _negated(texts: Iterable[str]) -> frozenset[str]:
    """The symbols that stand behind a `!`, or are asked to be n."""
    return _words(
        group
        for text in texts
        for match in NEGATED.finditer(OTHER.sub(" ", text))
        for group in match.groups()
        if group
    )


class Architectures:
    """What the Kconfig files below arch/ say, by words: cheaper than to read them all."""

    def __init__(self, tree: Readable, default: str) -> None:
        self._tree = tree
        self._default = default
        self._paths = self._listed()
        self._words = self._named()

    def that_may(self, needs: Sequence[Needs], unset: frozenset[str]) -> list[str]:
        """Those that name what is missing on the default one, or may leave `unset` at n.

        The likeliest first: where most of what is needed is named.
        """
        missing = {name for each in needs for name in each.missing}
        named = {name for each in needs for name in each.named}
        found = {arch for arch, words in self._words.items() if not missing.isdisjoint(words)}
        missed: set[str] = set()
        if unset:
            free = {a for a in self._words if not any(self._is_always(n, a) for n in unset)}
            missed, found = free - found, free
        found.discard(self._default)
        return sorted(found, key=lambda a: (a in missed, -len(named & self._words[a]), a))

    def names(self, symbol: str) -> bool:
        """Whether the files of an architecture, or those it takes, name the symbol."""
        return any(symbol in words for words in self._words.values())

    def _listed(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._tree.paths():
            if path.startswith("arch/") and "/Kconfig" in path:
                found.setdefault(path.split("/")[1], []).append(path)
        return found

    def _named(self) -> dict[str, set[str]]:
        """By architecture the words of its files, and of those that the default does not take.

        Drivers of buses that only some architectures have are read for those alone.
        """
        taken = self._read(self._paths.get(self._default, ()), frozenset())[1]
        return {arch: self._read(paths, taken)[0] for arch, paths in self._paths.items()}

    def _read(
        self, paths: Iterable[str], others: frozenset[str]
    ) -> tuple[set[str], frozenset[str]]:
        """The words of Kconfig files and those they take, but the `others`; all of these."""
        words: set[str] = set()
        seen: set[str] = set()
        waiting = list(paths)
        while waiting:
            text = self._text(waiting.pop())
            words.update(WORD.findall(text))
            taken = {each for each in SOURCED.findall(text) if not each.startswith("arch/")}
            waiting += sorted(taken - seen - others)
            seen |= taken
        return words, frozenset(seen)

    def _is_always(self, name: str, architecture: str) -> bool:
        """Whether the architecture's own files make it y without a question."""
        block = re.compile(rf"(?m)^config[ \t]+{re.escape(name)}[ \t]*\n((?:[ \t]+.*\n)+)")
        found = (block.search(self._text(path)) for path in self._paths[architecture])
        bodies = [match[1] for match in found if match]
        return any(ALWAYS.search(body) and not PROMPT.search(body) for body in bodies)

    def _text(self, path: str) -> str:
        return (self._tree.read(path) or b"").decode("utf-8", "replace")
