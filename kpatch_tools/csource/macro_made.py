"""Turns macro calls at file scope into the symbols they define."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from tree_sitter import Node

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import Balanced
from kpatch_tools.csource.expansion import Macro, expanded
from kpatch_tools.csource.lexer import any_word, spelled
from kpatch_tools.csource.mask import mask
from kpatch_tools.csource.signatures import function_declarator, signature
from kpatch_tools.csource.source_file import SHARED, SourceFile
from kpatch_tools.csource.symbols import Naming
from kpatch_tools.csource.syntax import declared_name, name_node, parse
from kpatch_tools.csource.words import kernel_words
from kpatch_tools.domain import Signature, Symbol, SymbolKind

# PAGEFLAG(Locked, locked)
INVOKED = Balanced(rb"\s*([A-Za-z_]\w*)\s*(PAREN)")
# words long enough to tell a name, in calls that stand in column 0
CALLS = re.compile(rb"^(?:static\s+)?\w+\s*\(([^()]*)\)", re.MULTILINE)
WORD = re.compile(rb"\b\w{3,}")
DEFINES = re.compile(rb"[{;]")
# The name is an argument as it stands.
GIVEN = ("{0}", "{1}")
# PARAMS(int a, int b): more than one parameter; no pointer to a function: int (*)(void)
OPAQUE = re.compile(r"\w+\((?!\*)")


def makes_names(file: SourceFile, names: frozenset[str]) -> bool:
    """Whether macro calls of the file may paste one of the names together."""
    if has_pasting(file):
        parts = {part for call in CALLS.findall(file.bare) for part in WORD.findall(call)}
        if any(part in name.encode() for name in names for part in parts):
            return True
    return not names.isdisjoint(_known_calls(file).pasted)


def defines_names(file: SourceFile, names: frozenset[str]) -> bool:
    """Whether a call of a well-known macro defines one of the names, given as its argument."""
    return not names.isdisjoint(_known_calls(file).given)


def has_pasting(file: SourceFile) -> bool:
    """Whether a macro of the file's own pastes."""
    return any(b"##" in macro.body for macro in file.macros.values())


class _Known(NamedTuple):
    """The names that calls of well-known macros define: pasted, or given as they stand."""

    pasted: frozenset[str]
    given: frozenset[str]


@lru_cache(maxsize=SHARED)
def _known_calls(file: SourceFile) -> _Known:
    names: tuple[set[str], set[str]] = (set(), set())
    for at in _known_words().finditer(file.bare):
        call = INVOKED.match(file.bare, at.start())
        if call is not None:
            given = kernel_words().made[at[0].decode()] in GIVEN
            names[given].add(_name_of_known(call))
    return _Known(*map(frozenset, names))


@cache
def _known_words() -> re.Pattern[bytes]:
    return any_word(frozenset(kernel_words().made))


def macro_made(file: SourceFile, naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    """What the macro call that is the statement or function head `node` defines."""
    match = INVOKED.match(file.bare, node.start_byte + naming.base)
    if match is None:
        return
    text = spelled(match[0])
    span = (node.start_byte, max(node.end_byte, match.end() - naming.base))
    if match[1] in file.macros:
        for symbol in from_expansion(naming, match[0], file.macros, span):
            yield node.start_byte, symbol
        return
    name = _name_of_known(match)
    kind: SymbolKind = "function" if node.type == "function_definition" else "variable"
    if name.isidentifier():
        yield node.start_byte, replace(naming.symbol(name, kind, span), text=text)


def _name_of_known(call: re.Match[bytes]) -> str:
    """What the call of a well-known macro defines; nothing for another."""
    pattern = kernel_words().made.get(call[1].decode())
    if pattern is None:
        return ""
    given = [each.decode("latin-1") for each in split_arguments(call[2])]
    return pattern.format(*given, *[""] * 4)


def from_expansion(
    naming: Naming, call: bytes, macros: Mapping[bytes, Macro], span: tuple[int, int]
) -> Iterator[Symbol]:
    """Functions, prototypes and variables in the text the call stands for, each once.

    A function has no signature where a parameter is still a macro's call,
    which may stand for any number of parameters.
    """
    yield from dict.fromkeys(_expanded(naming, call, macros, span))


def _expanded(
    naming: Naming, call: bytes, macros: Mapping[bytes, Macro], span: tuple[int, int]
) -> Iterator[Symbol]:
    meant = expanded(call, macros)
    if DEFINES.search(meant) is None:
        return
    masked = mask(meant + b"\n;")
    text = spelled(call)
    for node in parse(masked.text).named_children:
        if node.type not in ("function_definition", "declaration"):
            continue
        for declarator in node.children_by_field_name("declarator"):
            name = name_node(declarator)
            if name is None:
                continue
            function = function_declarator(declarator)
            if function is None:
                if node.type == "declaration":
                    yield replace(naming.symbol(declared_name(name), "variable", span), text=text)
                continue
            said = _whole(signature(node, function, masked.plain))
            kind: SymbolKind = "function" if node.type == "function_definition" else "prototype"
            symbol = naming.symbol(declared_name(name), kind, span)
            yield replace(symbol, signature=said, text=text)


def _whole(said: Signature) -> Signature | None:
    opaque = any(OPAQUE.match(parameter) for parameter in said.parameters)
    return None if opaque else said
