"""Turns a function's declarator into its Signature; text of types in one spelling."""

import re

from tree_sitter import Node

from kpatch_tools.csource.argument_lists import split_arguments
from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.syntax import inner_declarator, name_node
from kpatch_tools.domain import Signature

STORAGE = re.compile(rb"\b(?:static|extern|inline|__inline|__inline__|register|auto|typedef)\b")
INLINE = re.compile(rb"\b(?:inline|__inline|__inline__)\b")
STATIC = re.compile(rb"\bstatic\b")


def function_declarator(declarator: Node) -> Node | None:
    """The function declarator of the name itself: that of `*f(int)`, none in `(*p)(int)`."""
    wrappers = _wrappers(declarator)
    while wrappers and wrappers[-1].type == "parenthesized_declarator":
        wrappers.pop()
    return wrappers[-1] if wrappers and wrappers[-1].type == "function_declarator" else None


def pointed_function(declarator: Node) -> Node | None:
    """The function declarator of a pointer to a function: that of `(*p)(int)`."""
    if function_declarator(declarator) is not None:
        return None
    found = [each for each in _wrappers(declarator) if each.type == "function_declarator"]
    return found[-1] if found else None


def _wrappers(declarator: Node) -> list[Node]:
    """The declarators around the name, the outermost first."""
    found = []
    node: Node | None = declarator
    while node is not None and node.type.endswith("declarator"):
        found.append(node)
        node = inner_declarator(node)
    return found


def signature(owner: Node, function: Node, plain: bytes) -> Signature:
    """The signature of `function`, a function declarator in the declaration `owner`."""
    declarators = owner.children_by_field_name("declarator")
    outer = next((each for each in declarators if _holds(each, function)), function)
    head = plain[owner.start_byte : (declarators or [function])[0].start_byte]
    around = plain[outer.start_byte : function.start_byte]
    around += plain[function.end_byte : outer.end_byte]
    listed = function.child_by_field_name("parameters")
    types = [] if listed is None else parameter_types(listed, plain)
    return Signature(
        returns=spelled(STORAGE.sub(b"", head) + b" " + around) or "int",
        parameters=tuple(each for each in types if each != "..."),
        variadic="..." in types,
        static=STATIC.search(head) is not None,
        inline=INLINE.search(head) is not None,
    )


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def parameter_types(listed: Node, plain: bytes) -> list[str]:
    """The types in a parameter list without names: `struct page *`, `int (*)(void *)`.

    Read from the text, since the mask rewrites types that stand alone.
    """
    start = listed.start_byte
    text = plain[start : listed.end_byte]
    declarators = (each.child_by_field_name("declarator") for each in listed.named_children)
    names = [name_node(each) for each in declarators if each is not None]
    spans = [(each.start_byte - start, each.end_byte - start) for each in names if each is not None]
    bare = edited(text, [spaces(text, *span) for span in spans])
    types = [spelled(STORAGE.sub(b"", each)) for each in split_arguments(bare)]
    return [] if types in (["void"], [""]) else types
