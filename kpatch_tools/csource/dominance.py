"""Turns a place in a function into the tests that have come out true when it is reached.

Conditions of the statements and operators around it, and of those before it
in the same blocks that leave where they hold. Loops back, and jumps past a
test, are not followed: rather a test too many than one too few.
"""

from collections.abc import Iterator
from itertools import pairwise

from tree_sitter import Node

from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.csource.syntax import path_to

TRANSPARENT = frozenset({"likely", "unlikely"})
LEAVES = frozenset({"return_statement", "goto_statement", "continue_statement", "break_statement"})
ASSIGNS = frozenset({"assignment_expression", "init_declarator"})


def known_at(file: SourceFile, offset: int) -> frozenset[str]:
    """Expressions that hold at the byte, in one spelling: `f(x)`, or `!f(x)`.

    A call that stood alone before it counts as one that holds.
    """
    parse = file.around(offset)
    path = path_to(parse.root, offset - parse.base)
    function = next((node for node in path if node.type == "function_definition"), None)
    if function is None:
        return frozenset()
    found: set[str] = set()
    for parent, child in pairwise(path):
        found.update(_from_parent(parent, child))
    assigned = _assigned(function)
    for fact in list(found):
        for value in assigned.get(fact.removeprefix("!"), ()):
            found.update(_told(value, holds=not fact.startswith("!")))
    return frozenset(found)


def arguments_of(file: SourceFile, offset: int) -> tuple[str, ...]:
    """The arguments of the call whose name stands at the byte, in one spelling."""
    parse = file.around(offset)
    path = path_to(parse.root, offset - parse.base)
    call = next((node for node in reversed(path) if node.type == "call_expression"), None)
    listed = None if call is None else call.child_by_field_name("arguments")
    return () if listed is None else tuple(_text(each) for each in listed.named_children)


def callers_of(file: SourceFile, offset: int) -> tuple[str, ...]:
    """The functions and macros in whose arguments the byte stands, the innermost first."""
    parse = file.around(offset)
    path = path_to(parse.root, offset - parse.base)
    return tuple(
        _text(node.child_by_field_name("function"))
        for node, child in zip(reversed(path[:-1]), reversed(path[1:]), strict=True)
        if node.type == "call_expression" and child.type == "argument_list"
    )


def _from_parent(parent: Node, child: Node) -> Iterator[str]:
    """What holds in the child because of where it stands in the parent."""
    match parent.type:
        case "binary_expression" if child == parent.child_by_field_name("right"):
            operator = _text(parent.child_by_field_name("operator"))
            if operator in {"&&", "||"}:
                yield from _told(parent.child_by_field_name("left"), holds=operator == "&&")
        case "if_statement" | "conditional_expression":
            condition = parent.child_by_field_name("condition")
            if child == parent.child_by_field_name("consequence"):
                yield from _told(condition, holds=True)
            elif child == parent.child_by_field_name("alternative"):
                yield from _told(condition, holds=False)
        case "while_statement" | "for_statement" if child == parent.child_by_field_name("body"):
            yield from _told(parent.child_by_field_name("condition"), holds=True)
        case "compound_statement" | "case_statement":
            yield from _from_earlier(parent, child)
        case _:
            pass


def _from_earlier(block: Node, child: Node) -> Iterator[str]:
    for statement in block.named_children:
        if statement.start_byte >= child.start_byte:
            return
        if statement.type == "if_statement":
            consequence = statement.child_by_field_name("consequence")
            alone = statement.child_by_field_name("alternative") is None
            if alone and consequence is not None and _leaves(consequence):
                yield from _told(statement.child_by_field_name("condition"), holds=False)
        elif statement.type == "expression_statement" and statement.named_children:
            yield _text(statement.named_children[0])


def _leaves(statement: Node) -> bool:
    while statement.type == "compound_statement" and statement.named_children:
        statement = statement.named_children[-1]
    return statement.type in LEAVES


def _told(condition: Node | None, holds: bool) -> Iterator[str]:
    """What the condition says of its parts when it holds, or does not."""
    waiting = [] if condition is None else [(condition, holds)]
    while waiting:
        node, wanted = waiting.pop()
        inner = _unwrapped(node)
        if inner is not None:
            waiting.append((inner, wanted))
            continue
        operator = _text(node.child_by_field_name("operator"))
        if node.type == "unary_expression" and operator == "!":
            waiting.extend((each, not wanted) for each in node.named_children)
        elif node.type == "binary_expression" and operator == ("&&" if wanted else "||"):
            waiting.extend((each, wanted) for each in node.named_children)
        else:
            yield _text(node) if wanted else f"!{_text(node)}"


def _unwrapped(node: Node) -> Node | None:
    """What parentheses, likely() or an assignment leave as it is."""
    if node.type == "parenthesized_expression" and len(node.named_children) == 1:
        return node.named_children[0]
    if node.type == "assignment_expression":
        return node.child_by_field_name("right")
    if node.type == "call_expression":
        listed = node.child_by_field_name("arguments")
        name = _text(node.child_by_field_name("function"))
        if name in TRANSPARENT and listed is not None and len(listed.named_children) == 1:
            return listed.named_children[0]
    return None


def _assigned(function: Node) -> dict[str, list[Node]]:
    """Name -> what the function sets it to."""
    found: dict[str, list[Node]] = {}
    waiting = [function]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.named_children)
        if node.type in ASSIGNS:
            left = node.child_by_field_name("left") or node.child_by_field_name("declarator")
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            if left is not None and value is not None and left.type == "identifier":
                found.setdefault(_text(left), []).append(value)
    return found


def _text(node: Node | None) -> str:
    return spelled(node.text or b"") if node is not None else ""
