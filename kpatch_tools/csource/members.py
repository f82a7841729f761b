"""Turns the body of a struct, union or enum into its symbols."""

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from kpatch_tools.csource.signatures import pointed_function, signature
from kpatch_tools.csource.symbols import Naming
from kpatch_tools.csource.syntax import declared_name, name_node
from kpatch_tools.domain import Symbol, SymbolKind

KINDS: dict[str, SymbolKind] = {
    "struct_specifier": "struct",
    "union_specifier": "union",
    "enum_specifier": "enum",
}


def tag(naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    """The struct, union or enum itself, if it has a name."""
    name = node.child_by_field_name("name")
    if name is not None:
        span = (name.start_byte, node.end_byte)
        text = (name.text or b"").decode()
        yield name.start_byte, naming.symbol(text, KINDS[node.type], span)


def members(naming: Naming, body: Node, owner: str) -> Iterator[tuple[int, Symbol]]:
    """Members of the body; those of anonymous structs within belong to the same owner."""
    for field in body.named_children:
        if field.type != "field_declaration":
            continue
        yield from _nested(naming, field, owner)
        for declarator in field.children_by_field_name("declarator"):
            name = name_node(declarator)
            if name is None or not naming.has(name):
                continue
            pointed = pointed_function(declarator)
            yield (
                name.start_byte,
                replace(
                    naming.symbol(declared_name(name), "member", (name.start_byte, field.end_byte)),
                    signature=None if pointed is None else signature(field, pointed, naming.plain),
                    owner=owner,
                    text=_member_text(naming, field),
                ),
            )


def _member_text(naming: Naming, field: Node) -> str:
    """The declaration; of one with a body only what follows the body."""
    kind = field.child_by_field_name("type")
    body = kind.child_by_field_name("body") if kind is not None else None
    first = field.start_byte if body is None else body.end_byte
    return naming.text(first, field.end_byte).removesuffix(";")


def _nested(naming: Naming, field: Node, owner: str) -> Iterator[tuple[int, Symbol]]:
    kind = field.child_by_field_name("type")
    body = kind.child_by_field_name("body") if kind is not None else None
    if kind is None or body is None or kind.type not in KINDS:
        return
    yield from tag(naming, kind)
    name = kind.child_by_field_name("name")
    declarator = field.child_by_field_name("declarator")
    lent = owner if declarator is None else f"{owner}.{declared_name(declarator)}"
    inner = (name.text or b"").decode() if name is not None else lent
    if kind.type == "enum_specifier":
        yield from enumerators(naming, body, inner)
    else:
        yield from members(naming, body, inner)


def enumerators(naming: Naming, body: Node, owner: str) -> Iterator[tuple[int, Symbol]]:
    """Enumerators with their value as text."""
    for each in body.named_children:
        name = each.child_by_field_name("name") if each.type == "enumerator" else None
        if name is not None:
            span = (name.start_byte, each.end_byte)
            text = naming.text(*span)
            symbol = replace(
                naming.symbol(declared_name(name), "enumerator", span), owner=owner, text=text
            )
            yield name.start_byte, symbol
