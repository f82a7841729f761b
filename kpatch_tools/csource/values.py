"""Turns a call into what its arguments are declared as, and what becomes of its result.

Only what stands in the function itself is told: its parameters and local
variables, their addresses, and literals. Anything else is None.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.source_file import Parse, SourceFile
from kpatch_tools.csource.syntax import name_node, path_to

# 0x1fUL
INTEGER = re.compile(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\Z")
ZERO = re.compile(r"0[xX]?0*[uUlL]*\Z")
PASSING = frozenset({"parenthesized_expression", "conditional_expression", "comma_expression"})
VALUED = frozenset({"binary_expression", "unary_expression", "if_statement", "while_statement"})

Outcome = Literal["ignored", "returned", "assigned", "used", "unknown"]


@dataclass(frozen=True, slots=True)
class Value:
    """`text` is the declaration of what is given, its name included; `address`: with an `&`."""

    text: str
    address: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of a call's value; `target` is what it is assigned to, where that is told."""

    outcome: Outcome
    target: Value | None = None


def values_given(file: SourceFile, offset: int) -> tuple[Value | None, ...]:
    """What each argument of the call at the byte is; () where the call is not understood."""
    parse, path = _path(file, offset)
    if len(path) < 2 or path[-2].type != "call_expression":
        return ()
    listed = path[-2].child_by_field_name("arguments")
    if listed is None or listed.has_error:
        return ()
    local = _locals(parse, path)
    return tuple(_value(each, file, parse, local) for each in listed.named_children)


def result_of(file: SourceFile, offset: int) -> Result:
    """What becomes of the value of the call whose name stands at the byte."""
    parse, path = _path(file, offset)
    at = len(path) - 2
    if at < 1 or path[at].type != "call_expression" or path[at].has_error:
        return Result("unknown")
    while path[at - 1].type in PASSING and not _decides(path[at - 1], path[at]):
        at -= 1
    holder, child = path[at - 1], path[at]
    if holder.type in {"expression_statement", "for_statement"}:
        return Result("ignored")
    if holder.type == "return_statement":
        return Result("returned")
    if holder.type == "assignment_expression" and holder.child_by_field_name("right") == child:
        left = holder.child_by_field_name("left")
        plain = holder.child_by_field_name("operator")
        told = left is not None and _text(plain) == "="
        value = _value(left, file, parse, _locals(parse, path)) if left and told else None
        return Result("assigned", value)
    if holder.type == "init_declarator" and holder.child_by_field_name("value") == child:
        declared = holder.child_by_field_name("declarator")
        name = None if declared is None else name_node(declared)
        local = _locals(parse, path)
        known = local.get(_text(name), ()) if name is not None else ()
        return Result("assigned", Value(known[0]) if len(known) == 1 else None)
    return Result("used" if holder.type in VALUED or _decides(holder, child) else "unknown")


def assigned_to(file: SourceFile, offset: int) -> Value | None:
    """The local variable, or element of one, that the name at the byte is assigned to.

    By itself or as `&name`.
    """
    parse, path = _path(file, offset)
    at = len(path) - 1
    if at < 2 or path[at].type != "identifier":
        return None
    at -= path[at - 1].type == "pointer_expression" and _text(path[at - 1]).startswith("&")
    holder = path[at - 1]
    left = holder.child_by_field_name("left")
    if holder.type != "assignment_expression" or holder.has_error or left is None:
        return None
    if holder.child_by_field_name("right") != path[at]:
        return None
    plain = _text(holder.child_by_field_name("operator")) == "="
    is_element = left.type == "subscript_expression"
    variable = left.child_by_field_name("argument") if is_element else left
    if not plain or variable is None or variable.type != "identifier":
        return None
    value = _value(variable, file, parse, _locals(parse, path))
    return _element(value, _text(variable)) if is_element and value is not None else value


def _element(array: Value, name: str) -> Value | None:
    """What an element of the array is declared as; None for a pointer."""
    text = re.sub(rf"(\b{name}\s*)\[[^][]*\]", r"\1", array.text, count=1)
    return None if text == array.text else Value(text)


def _decides(holder: Node, child: Node) -> bool:
    return holder.type == "conditional_expression" and (
        holder.child_by_field_name("condition") == child
    )


def _path(file: SourceFile, offset: int) -> tuple[Parse, list[Node]]:
    parse = file.around(offset)
    return parse, path_to(parse.root, offset - parse.base)


def _locals(parse: Parse, path: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """Name -> the ways the function around declares it, parameters and all blocks together."""
    found: dict[str, set[str]] = {}
    function = next((node for node in path if node.type == "function_definition"), None)
    waiting = [] if function is None else [function]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.named_children)
        if node.type in {"declaration", "parameter_declaration"}:
            for name, text in _declared(node, parse.masked.plain):
                found.setdefault(name, set()).add(text)
    return {name: tuple(sorted(texts)) for name, texts in found.items()}


def _declared(node: Node, plain: bytes) -> Iterator[tuple[str, str]]:
    declarators = node.children_by_field_name("declarator")
    if not declarators:
        return
    head = plain[node.start_byte : declarators[0].start_byte]
    for declarator in declarators:
        inner = declarator
        if declarator.type == "init_declarator":
            inner = declarator.child_by_field_name("declarator") or declarator
        name = name_node(inner)
        if name is not None:
            text = head + b" " + plain[inner.start_byte : inner.end_byte]
            yield _text(name), spelled(text)


def _value(
    node: Node, file: SourceFile, parse: Parse, local: dict[str, tuple[str, ...]]
) -> Value | None:
    text = node.text or b""
    at = node.start_byte + parse.base
    if file.bare[at : at + len(text)] != text:
        return None
    while node.type == "parenthesized_expression" and len(node.named_children) == 1:
        node = node.named_children[0]
    if node.type == "string_literal":
        return Value("char text[1]")
    if node.type == "number_literal" and INTEGER.match(_text(node)):
        return None if ZERO.match(_text(node)) else Value("int number")
    address = node.type == "pointer_expression" and _text(node).startswith("&")
    inner = node.child_by_field_name("argument") if address else node
    if inner is None or inner.type != "identifier":
        return None
    known = local.get(_text(inner), ())
    return Value(known[0], address) if len(known) == 1 else None


def _text(node: Node | None) -> str:
    return spelled(node.text or b"") if node is not None else ""
