"""Turns a series into the paths and names it touches: what scenarios are selected by."""

import re
from collections.abc import Iterable

from kpatch_tools.domain import Step
from kpatch_tools.modelcheck.extract.definitions import definitions
from kpatch_tools.modelcheck.extract.items import cut
from kpatch_tools.modelcheck.extract.source import read_source
from kpatch_tools.modelcheck.scenario import Touched

WORD = re.compile(r"[A-Za-z_]\w*")
ENDINGS = (".c", ".h")


def touched_by(steps: Iterable[Step]) -> Touched:
    """Every path of the diffs; every definition or macro whose text a patch changes."""
    paths: set[str] = set()
    names: set[str] = set()
    for step in steps:
        for diff in step.patch.diffs:
            for path in {diff.old_path, diff.new_path} - {None}:
                assert path is not None
                paths.add(path)
                if path.endswith(ENDINGS):
                    names |= _changed(path, step.before.read(path), step.after.read(path))
    return Touched(frozenset(paths), frozenset(names))


def _changed(path: str, before: bytes | None, after: bytes | None) -> set[str]:
    if before == after:
        return set()
    differing = _items(path, before or b"") ^ _items(path, after or b"")
    return {name for name, _ in differing}


def _items(path: str, content: bytes) -> set[tuple[str, str]]:
    """(name, text) of everything at file scope, in all arms of every #if.

    A macro invocation stands under each word in it: it may define any of them.
    """
    source = read_source(path, content)
    text = source.text
    found: set[tuple[str, str]] = set()
    parts, position = [], 0
    for directive in source.directives:
        parts.append(text[position : directive.start])
        position = directive.end
        if directive.macro is not None:
            found.add((directive.macro.name, " ".join(directive.macro.text.split())))
    parts.append(text[position:])
    for item in cut("".join(parts)):
        plain = " ".join(item.text.split())
        for definition in definitions(item, path):
            words = WORD.findall(plain) if definition.kind == "invocation" else [definition.name]
            found |= {(word, plain) for word in words}
    return found
