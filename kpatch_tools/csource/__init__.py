"""Reads kernel C: tokens, mask, parse, regions, references, definitions.

Tokens propose, the tree disposes. `lexer` finds every token of a name;
`directives` and `regions` tell under which condition its line is compiled;
`mask` makes the code around it a text of the same length that the grammar
takes; `syntax` parses that; `uses` says what the token is used for, and
`references` joins it all. `declarations` lists what a file defines. A function that is
called as its module is, such as `declarations`, is imported from there.
"""

from typing import TYPE_CHECKING

from kpatch_tools.lazily import names_of

if TYPE_CHECKING:
    from kpatch_tools.csource.account import Account, Audit, audit
    from kpatch_tools.csource.declarations import definition_text, macros
    from kpatch_tools.csource.dominance import arguments_of, callers_of, known_at
    from kpatch_tools.csource.flags import other_names, words_of
    from kpatch_tools.csource.includes import Includes, include_closure
    from kpatch_tools.csource.index import index_file, index_tree
    from kpatch_tools.csource.joining import joined, under, with_pasted
    from kpatch_tools.csource.lexer import identifiers, one_spelling, scrub
    from kpatch_tools.csource.made_here import made_on_lines
    from kpatch_tools.csource.other_files import is_c
    from kpatch_tools.csource.pasting_macros import keep_pasting_macros
    from kpatch_tools.csource.references import LONGEST_LINE
    from kpatch_tools.csource.regions import Regions, line_conditions
    from kpatch_tools.csource.tables import Entry, Table
    from kpatch_tools.csource.values import Result, Value, result_of, values_given
else:
    __getattr__ = names_of(
        __name__,
        "joining",
        "account",
        "declarations",
        "dominance",
        "flags",
        "includes",
        "index",
        "lexer",
        "made_here",
        "other_files",
        "pasting_macros",
        "references",
        "regions",
        "tables",
        "values",
    )

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
    "made_on_lines",
    "one_spelling",
    "other_names",
    "result_of",
    "scrub",
    "under",
    "values_given",
    "with_pasted",
    "words_of",
]
