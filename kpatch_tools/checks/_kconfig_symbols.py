"""Turns files of a tree into the Kconfig symbols they define, and into those they ask for."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kpatch_tools.csource import scrub
from kpatch_tools.csource.directives import directives
from kpatch_tools.domain import Tree
from kpatch_tools.kbuild.makefiles import is_makefile
from kpatch_tools.kbuild.statements import statements

# config ITEM
DEFINED = re.compile(rb"^[ \t]*(?:menu)?config[ \t]+(\w+)", re.MULTILINE)
KCONFIG = re.compile(r"(?:.*/)?Kconfig[^/]*\Z")
CONDITIONAL = frozenset({b"if", b"ifdef", b"ifndef", b"elif"})
WORD = re.compile(rb"\bCONFIG_(\w+)")
# IS_ENABLED(CONFIG_ITEM)
ENABLED = re.compile(
    rb"\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)[ \t]*\([ \t]*CONFIG_(\w+)[ \t]*\)"
)
#   depends on ITEM && !BUS
EXPRESSION = re.compile(r"(?:depends on|select|imply|visible if|if)\b(.*)")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\$\([^()]*\)")
SYMBOL = re.compile(r"(?<![\w-])[A-Z][A-Z0-9_]+(?![\w-])")
# obj-$(CONFIG_ITEM) and ifdef CONFIG_ITEM
MADE = re.compile(rb"\$[({]CONFIG_(\w+)[)}]|^[ \t]*ifn?def[ \t]+CONFIG_(\w+)", re.MULTILINE)
COMMENT = re.compile(rb"(?m)(?<!\\)#.*")

Asked = tuple[tuple[str, int], ...]


def configured(paths: Iterable[str], tree: Tree) -> set[str]:
    """The symbols that these files define, without CONFIG_."""
    return {name.decode() for p in paths for name in DEFINED.findall(tree.read(p) or b"")}


def kconfigs_naming(names: set[str], tree: Tree) -> list[str]:
    """Kconfig files that name any of the symbols."""
    naming = tree.naming(frozenset(names)) if names else ()
    return [path for path in naming if KCONFIG.match(path)]


# most files stay from one tree to the next
@lru_cache(maxsize=512)
def asked(path: str, source: bytes) -> Asked:
    """(symbol, line) of each that an #if line, a Makefile or a Kconfig expression asks for.

    Of each symbol the first line; without CONFIG_ and _MODULE.
    """
    found: dict[str, int] = {}
    for name, line in _asked(path, source):
        found.setdefault(name, line)
    return tuple(found.items())


def _asked(path: str, source: bytes) -> Iterator[tuple[str, int]]:
    if KCONFIG.match(path):
        for line, statement in statements(source.decode("utf-8", "replace")):
            for name in _in_statement(statement):
                yield name, line
    elif is_makefile(path):
        text = COMMENT.sub(lambda comment: b" " * len(comment[0]), source)
        for match in MADE.finditer(text):
            yield (match[1] or match[2]).decode(), text.count(b"\n", 0, match.start()) + 1
    elif path.endswith((".c", ".h", ".S")) and b"CONFIG_" in source:
        code = scrub(source)
        spans = [(d.rest, d.end) for d in directives(code) if d.word in CONDITIONAL]
        matches = [match for start, end in spans for match in WORD.finditer(code, start, end)]
        for match in (*matches, *ENABLED.finditer(code)):
            yield match[1].decode().removesuffix("_MODULE"), code.count(b"\n", 0, match.end()) + 1


def _in_statement(text: str) -> Iterator[str]:
    """The symbols of one line of Kconfig: of its expression, or behind its last `if`."""
    plain = QUOTED.sub(" ", text)
    whole = EXPRESSION.match(plain)
    tail = whole[1] if whole is not None else plain.partition(" if ")[2]
    yield from SYMBOL.findall(tail)
