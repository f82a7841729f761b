"""Turns a C file into its symbols: what is defined or declared at file scope, and labels."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from tree_sitter import Node

from kpatch_tools.csource.directives import defines, unfolded
from kpatch_tools.csource.lexer import spelled, tokens_naming, uncommented
from kpatch_tools.csource.macro_made import macro_made
from kpatch_tools.csource.members import enumerators, members, tag
from kpatch_tools.csource.signatures import function_declarator, signature
from kpatch_tools.csource.source_file import Parse, SourceFile, source_file
from kpatch_tools.csource.symbols import Naming
from kpatch_tools.csource.syntax import declared_name, defined_name, labels, name_node
from kpatch_tools.domain import Place, Symbol

NESTING = frozenset(("linkage_specification", "declaration_list", "ERROR", "translation_unit"))
# Letters of a macro: the text of a longer one is its digest.
LONGEST = 100_000
TAGGED = frozenset(("struct_specifier", "union_specifier", "enum_specifier"))


def declarations(path: str, source: bytes) -> tuple[Symbol, ...]:
    """Every symbol of one C file, sorted by line, conditions from its own #if lines.

    Functions, prototypes, macros, structs, unions, enums, their members and
    enumerators, typedefs, variables, labels; also what a macro of the same
    file, or a well-known one, defines (`text` is then the macro's call).
    """
    return tuple(declarations_in(source_file(path, source)))


def declarations_in(file: SourceFile) -> list[Symbol]:
    """The same of a file that is being read."""
    found = [*_macros(file)]
    for number, parse in enumerate(file.parses):
        for offset, symbol in _parsed(file, parse):
            if number == 0 or _first_held(file, offset) == number:
                found.append(symbol)
    return sorted(found, key=_order)


def declarations_naming(file: SourceFile, names: frozenset[str]) -> list[Symbol]:
    """Those of the names, where each stands in the text: only what is around them is parsed."""
    found = {symbol for symbol in _macros(file) if symbol.name in names}
    tokens = tokens_naming(file.source, file.code, names)
    offsets = [token.start for token in tokens if token.where == "code"]
    if not all(file.around(offset).holds(offset) for offset in offsets):
        return [symbol for symbol in declarations_in(file) if symbol.name in names]
    for parse in dict.fromkeys(map(file.around, offsets)):
        found.update(symbol for _, symbol in _parsed(file, parse) if symbol.name in names)
    return sorted(found, key=_order)


def _order(symbol: Symbol) -> tuple[Place, str, str]:
    return symbol.place, symbol.name, symbol.kind


def macros(path: str, source: bytes) -> tuple[Symbol, ...]:
    """Those of `declarations` that are macros, without a parse of the rest."""
    return tuple(_macros(source_file(path, source)))


def definition_text(symbol: Symbol, source: bytes) -> str:
    """The lines of a symbol in one spelling, without comments: equal means not edited."""
    lines = uncommented(source).split(b"\n")[symbol.place.line - 1 : max(symbol.last, 1)]
    return spelled(unfolded(b"\n".join(lines)))


def _first_held(file: SourceFile, offset: int) -> int:
    return next((n for n, parse in enumerate(file.parses) if parse.holds(offset)), 0)


def _macros(file: SourceFile) -> Iterator[Symbol]:
    naming = Naming(file, file.code)
    for define in defines(file.code, file.directives):
        name = file.code[define.name : define.name_end].decode()
        body = file.code[define.name_end : define.end]
        text = spelled(unfolded(body)) if len(body) < LONGEST else sha256(body).hexdigest()
        yield replace(naming.symbol(name, "macro", (define.name, define.end)), text=text)


def _parsed(file: SourceFile, parse: Parse) -> Iterator[tuple[int, Symbol]]:
    """Symbols with the offset of what names them."""
    naming = Naming(file, parse.masked.plain, parse.base)
    for node in _at_file_scope(parse.root):
        match node.type:
            case "function_definition":
                yield from _function(naming, node)
            case "declaration":
                yield from _declared(naming, node)
            case "type_definition":
                yield from _typedefs(naming, node)
            case "expression_statement":
                yield from macro_made(file, naming, node)
            case _:
                yield from _tagged(naming, node, "")


def _at_file_scope(root: Node) -> Iterator[Node]:
    for node in root.children:
        if node.type in NESTING:
            yield from _at_file_scope(node)
        elif node.is_named:
            yield node


def _function(naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    declarator = node.child_by_field_name("declarator")
    name = name_node(declarator) if declarator is not None else None
    if declarator is None or name is None:
        return
    function = function_declarator(declarator)
    span = (name.start_byte, node.end_byte)
    if function is None or not naming.called(name):
        yield from macro_made(naming.file, naming, node)
    else:
        said = signature(node, function, naming.plain)
        yield (
            name.start_byte,
            replace(naming.symbol(defined_name(node), "function", span), signature=said),
        )
    for label in labels(node):
        text = (label.text or b"").decode()
        span = (label.start_byte, label.end_byte)
        yield (
            label.start_byte,
            replace(naming.symbol(text, "label", span), owner=defined_name(node)),
        )


def _declared(naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    yield from _specifier(naming, node)
    for declarator in node.children_by_field_name("declarator"):
        name = name_node(declarator)
        if name is None or not naming.has(name):
            continue
        span = (name.start_byte, node.end_byte)
        function = function_declarator(declarator)
        if function is not None:
            said = signature(node, function, naming.plain)
            symbol = replace(naming.symbol(declared_name(name), "prototype", span), signature=said)
        else:
            text = naming.text(node.start_byte, _before_value(declarator))
            symbol = replace(naming.symbol(declared_name(name), "variable", span), text=text)
        yield name.start_byte, symbol


def _before_value(declarator: Node) -> int:
    inner = declarator.child_by_field_name("declarator")
    return inner.end_byte if declarator.type == "init_declarator" and inner else declarator.end_byte


def _typedefs(naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    declarators = node.children_by_field_name("declarator")
    names = [name for name in map(name_node, declarators) if name is not None]
    alias = declared_name(names[0]) if names else ""
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type in TAGGED:
        yield from _tagged(naming, kind, alias)
    body = kind.child_by_field_name("body") if kind is not None else None
    for name in names:
        first = node.start_byte if body is None else body.end_byte
        text = naming.text(first, node.end_byte)
        span = (name.start_byte, node.end_byte)
        yield (
            name.start_byte,
            replace(naming.symbol(declared_name(name), "typedef", span), text=text),
        )


def _specifier(naming: Naming, node: Node) -> Iterator[tuple[int, Symbol]]:
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type in TAGGED:
        declarator = node.child_by_field_name("declarator")
        yield from _tagged(naming, kind, declared_name(declarator) if declarator else "")


def _tagged(naming: Naming, node: Node, alias: str) -> Iterator[tuple[int, Symbol]]:
    """A struct, union or enum with a body; `alias` names one without a tag."""
    body = node.child_by_field_name("body")
    if node.type not in TAGGED or body is None:
        return
    yield from tag(naming, node)
    name = node.child_by_field_name("name")
    owner = (name.text or b"").decode() if name is not None else alias
    if node.type == "enum_specifier":
        yield from enumerators(naming, body, owner)
    else:
        yield from members(naming, body, owner)
