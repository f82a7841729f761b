"""Blanks what stands beside C's own words: attributes, assembly, type operators."""

import re
from collections.abc import Iterator
from functools import cache

from kpatch_tools.csource.edits import Balanced, Edit, spaces, word_start
from kpatch_tools.csource.lexer import FewTimes, word_pattern
from kpatch_tools.csource.words import kernel_words

# asm volatile goto ("..." : : "r" (x))
ASSEMBLY = Balanced(
    rb"\b(?:asm|asm_inline|__asm__|__asm)\b(?>(?:\s|\b(?:volatile|__volatile__|__volatile|goto|inline|"
    rb"__inline|__inline__)\b)*) PAREN",
    b"asm",
)
# (8)
CALLED = Balanced(rb"\s*+PAREN")
# SYSCALL_DEFINE2(dup, int, fd, struct file *, file)
PAIRED = Balanced(
    rb"^(?:\w*SYSCALL\w*_DEFINE[1-6]x?|BPF_CALL_[1-5])[ \t]*+(PAREN)", b"SYSCALL", b"BPF_CALL_"
)
# typeof(*ptr) old
TYPEOF = Balanced(
    rb"\b(?:typeof|__typeof__|__typeof|typeof_unqual|__unqual_scalar_typeof)\s*+(PAREN)",
    b"typeof",
)
# offsetof(struct page, a.b[1]); the grammar knows offsetof and takes a plain member only
OFFSETOF = re.compile(
    rb"\b(?:offsetof|(?:__alignof|_Alignof|alignof|__alignof__)(?=\s*\(\s*+[^)]*?[*.>\[]))(?=\s*\()"
)
# STATIC int x;
TYPE_AFTER_WORD = re.compile(
    rb"""
    \w[ \t\n]++
    (?:struct|union|enum|int|void|char|unsigned|short|long|bool|static|extern|inline
        |u8|u16|u32|u64|s8|s16|s32|s64|size_t|__u8|__u16|__u32|__u64|__le16|__le32|__be16|__be32
    )(?=[\s*])
    """,
    re.VERBOSE,
)
NO_WORD_AFTER = (b".", b">", b"#")
# static int INLINE f(; a third word before the parenthesis is no name
BEFORE_NAME = re.compile(
    rb"""
    ^(?>(?:(?:static|extern|inline|__inline|__inline__|const|volatile)[ \t\n]++)*)
    (?>(?:(?:unsigned|signed|long|short)[ \t\n]++)*)
    (?>(?:(?:struct|union|enum)[ \t\n]++)?)
    (?!(?:else|return|typedef|case|goto|struct|union|enum)\b)
    ([A-Za-z_]\w*+)[ \t\n]*+\**+[ \t\n]*+
    (?>(?:(?:int|long|const)[ \t\n]++)*)
    ([A-Za-z_]\w*+)[ \t\n]++\**+[ \t\n]*+(?!(?:if|while|for|switch)\b)[A-Za-z_]\w*+[ \t]*+\(
    """,
    re.VERBOSE | re.MULTILINE,
)
# void * __weird p;
UNDERSCORED = re.compile(rb"\b(__[a-z]\w*+)[ \t\n]++(?=[*A-Za-z_])")
TYPE_BEFORE = re.compile(
    rb"(?:\*|\b(?:int|char|void|long|short|unsigned|u8|u16|u32|u64|\w+_t)\b)[ \t\n]*\Z"
)
TYPE_WORD = re.compile(rb"__(?:[us](?:8|16|32|64|128)|[lb]e(?:16|32|64)|u?int\d*(?:_t)?)\Z|\w+_t\Z")
# u8 digest[4] OMAP_ALIGNED;
LAST_WORD_OF_NAME = re.compile(
    rb"[ \t\]]((?:__[a-z]\w*+|[A-Z][A-Z0-9_]{3,}+))(?<!_t)[ \t]*+(?=[;=](?!=))"
)
TYPE_AND_NAME = re.compile(rb"([A-Za-z_]\w*)[\s*]+([A-Za-z_]\w*)(?:\[[^\]\n]*\])*[ \t]*\Z")

C_WORDS = frozenset((
    b"return", b"else", b"goto", b"case", b"do", b"typedef", b"extern", b"static", b"inline",
    b"__inline", b"__inline__", b"register", b"const", b"volatile", b"signed", b"unsigned",
    b"short", b"long", b"int", b"char", b"void", b"float", b"double", b"bool", b"sizeof",
    b"struct", b"union", b"enum", b"auto", b"typeof", b"__typeof__", b"_Atomic", b"__auto_type",
))  # fmt: skip
NO_TYPE = C_WORDS - {b"int", b"char", b"bool", b"long", b"short", b"unsigned", b"void"}


def words(code: bytes) -> Iterator[Edit]:
    """`int __init f(void)` is `int        f(void)`."""
    for match in _attribute_words().finditer(code):
        yield spaces(code, *match.span())


def calls(code: bytes) -> Iterator[Edit]:
    """`int x __aligned(8);` is `int x             ;`."""
    end = 0
    for match in _attribute_calls().finditer(code):
        called = CALLED.match(code, match.end())
        if called is not None and match.start() >= end:
            end = called.end()
            yield spaces(code, match.start(), end)


def assembly(code: bytes) -> Iterator[Edit]:
    """`asm volatile("nop");` is `                   ;`."""
    if b"asm" not in code:
        return
    for match in ASSEMBLY.finditer(code):
        yield spaces(code, *match.span())


def paired_parameters(code: bytes) -> Iterator[Edit]:
    """`SYSCALL_DEFINE1(dup, int, fd)` is `SYSCALL_DEFINE1 dup( int  fd)`."""
    for match in PAIRED.finditer(code):
        start, end = match.span(1)
        commas = [at for at in range(start, end) if code[at] == 44]
        if commas:
            yield start, b" "
            yield commas[0], b"("
            yield from ((at, b" ") for at in commas[1::2])


def wrappers(code: bytes) -> Iterator[Edit]:
    """`int uninitialized_var(x);` is `int                   x ;`."""
    for match in _wrapping_words().finditer(code):
        yield spaces(code, match.start(), match.end())
        yield match.start(1), match[1]


def type_operators(code: bytes) -> Iterator[Edit]:
    """`typeof(*p) old` is `typeof     old`, `offsetof(` the call `of_setof(`."""
    if b"typeof" in code:
        for match in TYPEOF.finditer(code):
            yield spaces(code, *match.span(1))
    for match in OFFSETOF.finditer(code):
        yield match.start() + 2, b"_"


def unknown_words(code: bytes) -> Iterator[Edit]:
    """Words that no list has, in a place where C allows none."""
    for match in TYPE_AFTER_WORD.finditer(code):
        end = match.start() + 1
        start = word_start(code, end)
        if code[start - 1 : start] not in NO_WORD_AFTER and code[start:end] not in C_WORDS:
            yield spaces(code, start, end)
    for match in BEFORE_NAME.finditer(code):
        odd = 1 if match[1].isupper() and not match[2].isupper() else 2
        if match[odd] not in C_WORDS and (odd == 2 or match[2] not in C_WORDS):
            yield spaces(code, *match.span(odd))
    for match in LAST_WORD_OF_NAME.finditer(code):
        named = TYPE_AND_NAME.search(code, max(0, match.start() - 120), match.start())
        if named is not None and named[1] not in NO_TYPE and named[2] not in C_WORDS:
            yield spaces(code, *match.span(1))
    for match in UNDERSCORED.finditer(code):
        at = match.start()
        typed = TYPE_BEFORE.search(code, max(0, at - 40), at)
        if typed is not None and TYPE_WORD.match(match[1]) is None:
            yield spaces(code, *match.span(1))


@cache
def _attribute_words() -> FewTimes:
    return FewTimes(kernel_words().attributes)


@cache
def _attribute_calls() -> FewTimes:
    return FewTimes(kernel_words().attribute_calls)


@cache
def _wrapping_words() -> re.Pattern[bytes]:
    return re.compile(word_pattern(kernel_words().wrappers) + rb"\s*\(\s*([A-Za-z_]\w*)\s*\)")
