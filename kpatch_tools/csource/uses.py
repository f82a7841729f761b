"""Turns a place in a syntax tree into what the token there is used for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.syntax import declared_name, defined_name
from kpatch_tools.csource.words import kernel_words
from kpatch_tools.domain import ReferenceKind


@dataclass(frozen=True, slots=True)
class Use:
    """What a Reference says beside its symbol, place and condition.

    `scope` is where a LOCAL name hides the global one, in bytes of the parse.
    """

    kind: ReferenceKind
    function: str = ""
    arguments: int | None = None
    target: str = ""
    scope: tuple[int, int] = (0, 0)


LOCAL = "local"
"""The target of a token that names a parameter or a variable of a function."""

STATEMENTS = frozenset((
    "expression_statement", "declaration", "return_statement", "if_statement", "while_statement",
    "do_statement", "for_statement", "switch_statement", "case_statement", "labeled_statement",
    "goto_statement", "compound_statement", "function_definition", "translation_unit",
    "field_declaration", "enumerator", "type_definition", "initializer_pair", "parameter_list",
))  # fmt: skip

ENCLOSED = frozenset(("call_expression", "initializer_list"))

DECLARATORS = frozenset((
    "pointer_declarator", "array_declarator", "function_declarator", "parenthesized_declarator",
    "attributed_declarator", "init_declarator",
))  # fmt: skip

# EXPORT_SYMBOL_FOR_TESTING
EXPORTER = re.compile(r"EXPORT_(?:\w+_)?SYMBOL(?:_\w+)?")

WRAPPERS = frozenset(("parenthesized_expression", "cast_expression", "pointer_expression"))


def trusted(path: Sequence[Node]) -> bool:
    """Whether the parser was sure here: no error above, none beside up to the statement."""
    if any(node.is_error for node in path):
        return False
    for node in reversed(path[:-1]):
        if node.type in ENCLOSED and not node.has_error and not _after_error(node):
            return True
        if node.has_error and any(child.is_error or child.is_missing for child in node.children):
            return node.type in ("translation_unit", "compound_statement")
        if node.type in STATEMENTS:
            return True
    return True


def _after_error(node: Node) -> bool:
    before = node.prev_sibling
    return before is not None and before.is_error


def use_of(path: Sequence[Node]) -> Use | None:
    """The use of the leaf of `path`, None where the tree does not tell."""
    leaf = path[-1]
    use = _shaped(path)
    if use is None or not leaf.is_named:
        return None
    outside = use.kind == "prototype" or (use.kind == "definition" and not _in_body(path))
    return use if outside else replace(use, function=enclosing(path))


def _in_body(path: Sequence[Node]) -> bool:
    types = [node.type for node in path]
    return "compound_statement" in types and "function_definition" in types


def enclosing(path: Sequence[Node]) -> str:
    """The name of the function definition around the leaf, "" at file scope."""
    return next((defined_name(node) for node in path if node.type == "function_definition"), "")


def _shaped(path: Sequence[Node]) -> Use | None:
    match path[-1].type:
        case "identifier":
            return _identifier(path)
        case "type_identifier":
            return _type(path)
        case "field_identifier":
            return _member(path)
        case "statement_identifier":
            labelled = path[-2].type == "labeled_statement"
            return Use("definition" if labelled else "label")
        case "primitive_type":
            return Use("type")
        case "null" | "true" | "false":
            return Use("macro")
        case _:
            return None


def _is(node: Node, field: str, child: Node) -> bool:
    return node.child_by_field_name(field) == child


def _identifier(path: Sequence[Node]) -> Use:
    leaf, parent = path[-1], path[-2]
    match parent.type:
        case "call_expression" if _is(parent, "function", leaf):
            return Use("call")
        case "concatenated_string" | "macro_type_specifier":
            return Use("macro")
        case "enumerator" if _is(parent, "name", leaf):
            return Use("definition")
        case "function_definition" | "declaration" | "parameter_declaration" | "parameter_list":
            return _declared(path, len(path) - 1)
        case "init_declarator" if _is(parent, "declarator", leaf):
            return _declared(path, len(path) - 1)
        case _ if parent.type in DECLARATORS and _is_declared(parent, leaf):
            return _declared(path, len(path) - 1)
        case _:
            return _value(path)


def _is_declared(declarator: Node, child: Node) -> bool:
    """Whether the child is what is declared, not a size, a value or a parameter."""
    named = declarator.child_by_field_name("declarator")
    if named is None:
        return declarator.type in ("parenthesized_declarator", "attributed_declarator")
    return named == child


def _declared(path: Sequence[Node], at: int) -> Use:
    """The declared name path[at]: climb its declarators to the declaration."""
    wrappers: list[str] = []
    while path[at - 1].type in DECLARATORS and _is_declared(path[at - 1], path[at]):
        at -= 1
        wrappers.append(path[at].type)
    if path[at - 1].type in DECLARATORS:
        return _value(path)
    function = next((each for each in wrappers if each != "parenthesized_declarator"), "")
    owner = path[at - 1]
    outside = all(node.type != "function_definition" for node in path[: at - 1])
    if owner.type == "function_definition" and outside:
        return Use("definition")
    if owner.type == "declaration":
        if function == "function_declarator" or _stored(owner, "extern"):
            return Use("prototype")
        if outside:
            return Use("definition")
    return Use("other", target=LOCAL, scope=_visible(path[:at]))


def _visible(path: Sequence[Node]) -> tuple[int, int]:
    """From a local name to the end of the block, loop or function that declares it."""
    for node in reversed(path):
        if node.type in ("compound_statement", "for_statement", "function_definition"):
            return path[-1].start_byte, node.end_byte
        if node.type == "declaration" and path[-1].type == "parameter_declaration":
            break
    return 0, 0


def _stored(declaration: Node, word: str) -> bool:
    return any(
        child.type == "storage_class_specifier" and child.text == word.encode()
        for child in declaration.children
    )


def _type(path: Sequence[Node]) -> Use:
    parent = path[-2]
    if parent.type in ("struct_specifier", "union_specifier", "enum_specifier"):
        defined = parent.child_by_field_name("body") is not None
        return Use("definition") if defined else Use("type", target=parent.type.split("_")[0])
    at = len(path) - 1
    while path[at - 1].type in DECLARATORS and _is_declared(path[at - 1], path[at]):
        at -= 1
    owner = path[at - 1]
    if owner.type == "type_definition" and path[at] in owner.children_by_field_name("declarator"):
        return Use("definition")
    if owner.type == "function_definition" and _wraps_name(owner):
        return Use("call")
    if parent.type == "type_descriptor" and path[-3].type == "macro_type_specifier":
        return Use("macro-argument", target=_text(path[-3].child_by_field_name("name")))
    return Use("type")


def _wraps_name(definition: Node) -> bool:
    """Whether a macro heads the function: `DEFINE_IRQ(x) {` looks like type and `(x)`."""
    declarator = definition.child_by_field_name("declarator")
    return declarator is not None and declarator.type == "parenthesized_declarator"


def _member(path: Sequence[Node]) -> Use:
    parent = path[-2]
    if parent.type == "field_expression":
        called = path[-3] if path[-3].type == "call_expression" else None
        if called is not None and not _is(called, "function", parent):
            called = None
        return Use("member", arguments=0 if called is not None else None, target=_text(parent))
    if parent.type == "field_designator":
        return Use("member", target=initialised(path[:-2]))
    if parent.type == "offsetof_expression":
        return Use("member")
    return Use("definition")


def _value(path: Sequence[Node]) -> Use:
    """A name whose value or address is taken."""
    at = len(path) - 1
    while path[at - 1].type == "parenthesized_expression":
        at -= 1
    if path[at - 1].type == "call_expression" and _is(path[at - 1], "function", path[at]):
        return Use("call")
    while path[at - 1].type in WRAPPERS:
        at -= 1
    holder, child = path[at - 1], path[at]
    match holder.type:
        case "argument_list":
            return _argument(path, at)
        case "init_declarator" | "initializer_pair" | "initializer_list":
            if not (holder.type == "initializer_pair" and not _is(holder, "value", child)):
                return Use("initialiser", target=initialised(path[: at + 1]))
        case "assignment_expression" if _is(holder, "right", child):
            return Use("address", target=_text(holder.child_by_field_name("left")))
        case "assignment_expression" if _is(holder, "left", child):
            return Use("other", target="written")
        case _:
            pass
    return Use("address")


def _argument(path: Sequence[Node], at: int) -> Use:
    """An argument: of a macro at file scope, of a call elsewhere."""
    call = path[at - 2]
    callee = _text(call.child_by_field_name("function")) if call.type == "call_expression" else ""
    words = kernel_words()
    if callee in words.exports or EXPORTER.fullmatch(callee):
        return Use("export", target=callee)
    if callee in words.aliases:
        return Use("alias", target=callee)
    if not any(node.type == "function_definition" for node in path):
        return Use("macro-argument", target=callee)
    return Use("address")


def _position(listed: Node, child: Node) -> int:
    return next((number for number, each in enumerate(listed.named_children) if each == child), -1)


def initialised(path: Sequence[Node]) -> str:
    """Where an initialiser goes: `table[2].open`; `path` ends at its value or pair."""
    parts: list[str] = []
    for node, child in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        if child.type == "initializer_pair":
            parts.append(_designated(child))
        elif node.type == "initializer_list":
            parts.append(f"[{_position(node, child)}]")
        if child.type == "init_declarator":
            parts.append(declared_name(child))
            break
        if child.type == "compound_literal_expression":
            break
    return "".join(reversed(parts))


def _designated(pair: Node) -> str:
    return "".join(_text(each) for each in pair.children_by_field_name("designator"))


def _text(node: Node | None) -> str:
    return spelled(node.text or b"") if node is not None else ""
