"""Turns names and byte spans of a file into Symbols: lines, condition, spelling."""

from dataclasses import dataclass

from tree_sitter import Node

from kpatch_tools.csource.lexer import spelled
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Place, Symbol, SymbolKind


@dataclass(frozen=True, slots=True)
class Naming:
    """A file and the text its symbols are spelled from: without directives and attributes.

    The text begins at the file's `base`.
    """

    file: SourceFile
    plain: bytes
    base: int = 0

    def symbol(self, name: str, kind: SymbolKind, span: tuple[int, int]) -> Symbol:
        """A symbol named at span[0] that ends before span[1]; callers add what else is known."""
        start, end = span[0] + self.base, span[1] + self.base
        line = self.file.lines.of(start)
        last = self.file.lines.of(max(start, end - 1))
        condition = self.file.conditions.regions.at(line)
        return Symbol(name, kind, None, Place(self.file.path, line), condition, last)

    def text(self, start: int, end: int) -> str:
        """The spelling of a stretch."""
        return spelled(self.plain[start:end])

    def has(self, node: Node) -> bool:
        """Whether the node's text is the file's and not the mask's."""
        return self.plain[node.start_byte : node.end_byte] == node.text

    def called(self, name: Node) -> bool:
        """Whether a parenthesis follows the name in the file, not only in the masked text."""
        return self.plain[name.end_byte : name.end_byte + 200].lstrip()[:1] == b"("
