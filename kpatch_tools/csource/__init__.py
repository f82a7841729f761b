"""Reads kernel C: tokens, mask, parse, regions, references, definitions.

Tokens propose, the tree disposes. `lexer` finds every token of a name;
`directives` and `regions` tell under which condition its line is compiled;
`mask` makes the code around it a text of the same length that the grammar
takes; `syntax` parses that; `uses` says what the token is used for, and
`references` joins it all. `declarations` lists what a file defines.
"""

from kpatch_tools.csource.account import Account, Audit, audit
from kpatch_tools.csource.declarations import declarations, definition_text, macros
from kpatch_tools.csource.dominance import arguments_of, callers_of, known_at
from kpatch_tools.csource.flags import other_names, words_of
from kpatch_tools.csource.includes import Includes, include_closure
from kpatch_tools.csource.index import index_file, index_tree, joined, under, with_pasted
from kpatch_tools.csource.lexer import identifiers, scrub
from kpatch_tools.csource.made_here import made_here, made_on_lines
from kpatch_tools.csource.other_files import is_c
from kpatch_tools.csource.pasted import pasted
from kpatch_tools.csource.pasting_macros import keep_pasting_macros
from kpatch_tools.csource.references import LONGEST_LINE
from kpatch_tools.csource.regions import Regions, line_conditions
from kpatch_tools.csource.tables import Entry, Table, tables
from kpatch_tools.csource.values import Result, Value, result_of, values_given

__all__ = [
    "LONGEST_LINE",
    "Account",
    "Audit",
    "Entry",
    "Includes",
    "Regions",
    "Result",
    "Table",
    "Value",
    "arguments_of",
    "audit",
    "callers_of",
    "declarations",
    "definition_text",
    "identifiers",
    "include_closure",
    "index_file",
    "index_tree",
    "is_c",
    "joined",
    "keep_pasting_macros",
    "known_at",
    "line_conditions",
    "macros",
    "made_here",
    "made_on_lines",
    "other_names",
    "pasted",
    "result_of",
    "scrub",
    "tables",
    "under",
    "values_given",
    "with_pasted",
    "words_of",
]
