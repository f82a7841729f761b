"""Turns a symbol that cannot be set on one architecture into what it lacks there.

`depends on ARM` names a symbol that x86 does not define, `depends on HAS_UART`
one that nothing there selects: another architecture may have it.
"""

import re

from kpatch_tools.kbuild.definitions import Kconfig

WORD = re.compile(r"[A-Za-z_]\w*")
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


def _needed(name: str, kconfig: Kconfig) -> frozenset[str] | None:
    """Symbols in the conditions of its definitions, and its selectors; None if it is never set."""
    definitions = kconfig.definitions.get(name, ())
    set_by_itself = any(each.prompts or each.defaults for each in definitions)
    selections = kconfig.selected_by.get(name, ())
    if not definitions or not (set_by_itself or selections):
        return None
    words = {word for each in definitions for text in each.depends for word in WORD.findall(text)}
    selectors = frozenset() if set_by_itself else frozenset(each.selector for each in selections)
    return frozenset(words - CONSTANTS) | selectors
