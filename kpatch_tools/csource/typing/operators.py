"""The operators of C, and what the compiler itself knows."""

ASSIGNING = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="))
BINARY = frozenset((
    "*", "/", "%", "+", "-", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&",
    "||",
))  # fmt: skip
SIZES = frozenset(("sizeof", "_Alignof", "__alignof__", "__alignof", "alignof"))
BUILTINS = frozenset((
    "_Generic", "__builtin_choose_expr", "__builtin_expect", "__builtin_va_arg",
    "__builtin_expect_with_probability", "__builtin_assoc_barrier", "__builtin_offsetof",
    "__builtin_types_compatible_p", "__builtin_constant_p", "__builtin_object_size",
    "__builtin_unreachable",
))  # fmt: skip
