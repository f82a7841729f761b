"""The words of C by what they do in a declaration."""

import re

NAME = re.compile(r"[A-Za-z_]\w*\Z")
QUALIFIERS = frozenset((
    "const", "volatile", "restrict", "__restrict", "__restrict__", "inline", "__inline",
    "__inline__", "static", "extern", "register", "auto", "__extension__", "__const",
    "__volatile__", "_Thread_local", "__thread", "_Noreturn", "__volatile", "_Atomic",
))  # fmt: skip
CALLED = frozenset((
    "__attribute__", "__attribute", "_Alignas", "__declspec", "asm", "__asm__", "__asm",
))  # fmt: skip
NUMBERS = frozenset((
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool",
    "__signed__", "__signed", "__int128", "bool", "__builtin_va_list", "__int128_t", "__uint128_t",
    "_Complex", "__float128",
))  # fmt: skip
TYPEOF = frozenset(("typeof", "__typeof__", "__typeof", "typeof_unqual", "__typeof_unqual__"))
RECORDS = frozenset(("struct", "union"))
STARTS = QUALIFIERS | NUMBERS | TYPEOF | RECORDS | {"enum", "typedef", "__auto_type"}
STATEMENTS = frozenset((
    "return", "if", "else", "for", "while", "do", "switch", "case", "default", "goto", "break",
    "continue", "sizeof", "__label__",
))  # fmt: skip
DEEPEST = 24
