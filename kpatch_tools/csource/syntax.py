"""Turns masked C into a syntax tree: the gate to tree_sitter for parsing."""

from functools import cache

import tree_sitter
import tree_sitter_c
from tree_sitter import Node

from kpatch_tools.csource.words import kernel_words
from kpatch_tools.resources import grammar_text

LANGUAGE = tree_sitter.Language(tree_sitter_c.language())
LABELS = "labels.scm"

NAMES = frozenset(("identifier", "type_identifier", "field_identifier"))


def parse(text: bytes) -> Node:
    """The root of the tree. A tree always comes; errors stand in it as nodes."""
    return tree_sitter.Parser(LANGUAGE).parse(text).root_node


def path_to(root: Node, offset: int) -> list[Node]:
    """The nodes from the root down to the leaf that holds the byte."""
    cursor = root.walk()
    path = [root]
    while cursor.goto_first_child_for_byte(offset) is not None:
        node = cursor.node
        if node is None or node.start_byte > offset:
            break
        if not node.is_named and node.byte_range == path[-1].byte_range:
            break  # the word NULL within the node of kind null
        path.append(node)
    return path


def name_node(declarator: Node) -> Node | None:
    """The name inside a declarator: `*f(int a)` declares f, `(*p)[2]` p."""
    node: Node | None = declarator
    while node is not None and node.type not in NAMES:
        node = inner_declarator(node)
    return node


def inner_declarator(node: Node) -> Node | None:
    """The declarator, or name, within a declarator."""
    inner = node.child_by_field_name("declarator")
    if inner is not None or node.type not in ("parenthesized_declarator", "attributed_declarator"):
        return inner
    fitting = (each for each in node.named_children if each.type.endswith("declarator"))
    return next(fitting, next((each for each in node.named_children if each.type in NAMES), None))


def declared_name(declarator: Node) -> str:
    """The text of `name_node`, "" for an abstract declarator."""
    node = name_node(declarator)
    return (node.text or b"").decode("latin-1") if node is not None else ""


def defined_name(definition: Node) -> str:
    """The function that a function definition defines, a macro's naming applied."""
    declarator = definition.child_by_field_name("declarator")
    name = declared_name(declarator) if declarator is not None else ""
    maker = definition.child_by_field_name("type")
    pattern = kernel_words().made.get((maker.text or b"").decode()) if maker is not None else None
    return name if pattern is None else pattern.format(name, "")


def labels(node: Node) -> list[Node]:
    """The names of the labels below a node, in order."""
    found = tree_sitter.QueryCursor(_query(LABELS)).captures(node).get("label", [])
    return sorted(found, key=lambda each: each.start_byte)


@cache
def _query(name: str) -> tree_sitter.Query:
    return tree_sitter.Query(LANGUAGE, grammar_text(name))
