"""Turns C text from a Tree into a reason why it must not reach the compiler, or none.

A patch came by mail. Its C may declare and calculate; it may not reach the
assembler, run before or beside the model, read files, or hide accesses from
the instrumentation. Whatever is not known to be harmless is refused.
"""

import re

LITERAL = r"""(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
TOKEN = re.compile(
    rf"""
      {LITERAL}
    | (?P<name>[A-Za-z_]\w*)
    | (?P<number>\.?\d[\w.]*)
    | (?P<digraph><:|:>|<%|%>|%:|\?\?[=/'()!<>-])
    | (?P<mark>\[\s*\[)
    | (?P<blank>[ \t\n\f\v]+)
    | (?P<plain>[-+*/%=!<>&|^~?:;,.(){{}}\[\]\#])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
# whatever could be refused; most text has none of it and need not be read token by token
SUSPECT = re.compile(
    r"""
      asm | _Pragma | __pragma | _Thread_local | __thread | __has_ | __import__ | __attribute
    | __builtin_ | R" | <: | :> | <% | %> | %: | \?\? | \[\s*\[ | [^\t\n\f\v\ -~] | [@$`\\]
    """,
    re.VERBOSE,
)
ASSEMBLY = frozenset({"asm", "__asm", "__asm__"})
REFUSED_WORDS = {
    "_Pragma": "a pragma",
    "__pragma": "a pragma",
    "_Thread_local": "thread-local storage",
    "__thread": "thread-local storage",
    "__has_include": "a question about files",
    "__has_include_next": "a question about files",
    "__has_embed": "a question about files",
    "__import__": "an import",
}
RAW_STRINGS = frozenset({"R", "LR", "uR", "UR", "u8R"})
ATTRIBUTE_WORDS = frozenset({"__attribute__", "__attribute"})
# names of attributes without their underscores; what stands in their own parentheses is free
ATTRIBUTES = frozenset({
    "access", "aligned", "alloc_size", "always_inline", "artificial", "assume_aligned", "cold",
    "const", "deprecated", "designated_init", "error", "externally_visible", "fallthrough",
    "fd_arg", "flatten", "format", "format_arg", "gnu_inline", "hot", "leaf", "malloc",
    "may_alias", "mode", "no_instrument_function", "noclone", "noinline", "nonnull", "nonstring",
    "noreturn", "nothrow", "packed", "pure", "returns_nonnull", "sentinel", "transparent_union",
    "unused", "used", "vector_size", "warn_if_not_aligned", "warn_unused_result", "warning",
})  # fmt: skip
NEUTRAL_BUILTINS = re.compile(
    r"""
    __builtin_(?:
        (?:add|sub|mul)_overflow(?:_p)? | alloca | assume_aligned | bswap(?:16|32|64|128)
      | choose_expr | clrsb(?:l|ll)? | clz(?:l|ll)? | constant_p | convertvector | ctz(?:l|ll)?
      | dynamic_object_size | expect(?:_with_probability)? | ffs(?:l|ll)? | frame_address
      | has_attribute | labs | llabs | abs | memcmp | memcpy | memmove | memset | memchr
      | object_size | offsetof | parity(?:l|ll)? | popcount(?:l|ll)? | prefetch
      | return_address | speculation_safe_value | strchr | strcmp | strlen | strncmp
      | strcpy | strncpy | trap | types_compatible_p
      | unreachable | va_(?:arg|copy|end|list|start|arg_pack|arg_pack_len) | tgmath | complex
    )\Z
    """,
    re.VERBOSE,
)


def refusal(text: str, parameters: frozenset[str] = frozenset()) -> str | None:
    """Why this text is refused, in a few words; None where every token is known and harmless.

    `parameters` are a macro's: they may stand where an attribute's name
    stands, because the text is looked at again when all macros are expanded.
    """
    if SUSPECT.search(text) is None:
        return None
    awaited = False
    depth = 0
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup or "other", match.group()
        if kind == "blank":
            continue
        reason = _refused_token(kind, token, text[match.end() : match.end() + 1])
        if reason is None and awaited and token != "(":
            reason = "an attribute without its list"
        if reason is not None:
            return reason
        if depth or awaited:
            awaited = False
            depth += (token == "(") - (token == ")")
            if depth in {1, 2} and kind == "name" and not _known_attribute(token, parameters):
                return f"the attribute {token}"
        else:
            awaited = token in ATTRIBUTE_WORDS
    return None


def refusal_of_lines(text: str) -> str | None:
    """As `refusal`, for a whole preprocessed unit: line markers are allowed, no other directive."""
    kept = []
    for line in text.split("\n"):
        if not line.lstrip().startswith("#"):
            kept.append(line)
        elif re.match(r'# \d+ "', line) is None:
            return f"the directive {line.strip()[:60]}"
    return refusal("\n".join(kept))


def starts_directive(text: str) -> bool:
    """Whether a line of the text would be read as a directive."""
    return re.search(r"^[ \t\f\v]*(?:\#|%:|\?\?=)", text, re.MULTILINE) is not None


def _refused_token(kind: str, token: str, following: str) -> str | None:
    match kind:
        case "digraph":
            return f"the digraph or trigraph {token}"
        case "mark":
            return "an attribute in double brackets"
        case "other":
            return "an #include inside it" if token == "\x01" else f"the character {token!r}"
        case "name":
            return _refused_word(token, following)
        case _:
            return None


def _refused_word(word: str, following: str) -> str | None:
    if word in ASSEMBLY:
        return "assembly"
    if word in REFUSED_WORDS:
        return REFUSED_WORDS[word]
    if word in RAW_STRINGS and following == '"':
        return "a raw string"
    if word.startswith("__builtin_") and NEUTRAL_BUILTINS.match(word) is None:
        return f"the builtin {word}"
    return None


def _known_attribute(word: str, parameters: frozenset[str]) -> bool:
    return word.strip("_") in ATTRIBUTES or word in parameters
