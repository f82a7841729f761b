"""Turns a function's declarator into its Signature; text of types in one spelling."""

import re

from tree_sitter import Node

from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.syntax import name_node
from kpatch_tools.domain import Signature

STORAGE = re.compile(rb"\b(?:static|extern|inline|__inline|__inline__|register|auto|typedef)\b")
INLINE = re.compile(rb"\b(?:inline|__inline|__inline__)\b")
STATIC = re.compile(rb"\bstatic\b")


def function_declarator(declarator: Node) -> Node | None:
    """The innermost function declarator around the name: that of `*f(int)`, not of `(*f)(int)`."""
    node: Node | None = declarator
    while node is not None and node.type != "function_declarator":
        if node.type not in ("pointer_declarator", "attributed_declarator"):
            return None
        node = node.child_by_field_name("declarator") or (
            node.named_children[0] if node.named_children else None
        )
    if node is None:
        return None
    named = node.child_by_field_name("declarator")
    return node if named is not None and named.type in ("identifier", "field_identifier") else None


def pointed_function(declarator: Node) -> Node | None:
    """The function declarator of a function pointer: that of `(*f)(int)`."""
    node: Node | None = declarator
    while node is not None and node.type != "function_declarator":
        node = node.child_by_field_name("declarator")
    if node is None:
        return None
    named = node.child_by_field_name("declarator")
    return node if named is not None and named.type == "parenthesized_declarator" else None


def signature(owner: Node, function: Node, plain: bytes) -> Signature:
    """The signature of `function`, a function declarator in the declaration `owner`."""
    head = plain[owner.start_byte : function.start_byte]
    listed = function.child_by_field_name("parameters")
    parameters = list(listed.named_children) if listed is not None else []
    types = [parameter_type(each, plain) for each in parameters if each.type != "comment"]
    variadic = any(each.type == "variadic_parameter" for each in parameters)
    types = [text for text in types if text not in ("", "...")]
    return Signature(
        returns=spelled(STORAGE.sub(b"", head)) or "int",
        parameters=() if types == ["void"] else tuple(types),
        variadic=variadic,
        static=STATIC.search(head) is not None,
        inline=INLINE.search(head) is not None,
    )


def parameter_type(parameter: Node, plain: bytes) -> str:
    """The type of a parameter without its name: `struct page *`, `int (*)(void *)`."""
    start, end = parameter.start_byte, parameter.end_byte
    text = plain[start:end]
    declarator = parameter.child_by_field_name("declarator")
    name = name_node(declarator) if declarator is not None else None
    if name is not None:
        text = edited(text, [spaces(text, name.start_byte - start, name.end_byte - start)])
    return spelled(STORAGE.sub(b"", text))
