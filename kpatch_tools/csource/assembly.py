"""Turns a token of an assembly file or a linker script into what it is used for.

There is no syntax tree: the words before and after it on its line decide. A
target "definition" is given rather too often: what may define a name must not
be taken for a use of it.
"""

import re

from kpatch_tools.csource.lexer import blanked, uncommented
from kpatch_tools.csource.uses import Use

# movl foo, %eax  # the page     bl foo  @ the page     (an immediate is written #foo)
REMARK = re.compile(
    rb"(?:(?<=[ \t;])|^)[#@!][ \t]+"
    rb"(?!(?:define|include|if|ifdef|ifndef|elif|else|endif|undef|error|warning|pragma)\b)[^\n]*",
    re.MULTILINE,
)
# EXPORT_SYMBOL_GPL(foo)
EXPORTED = re.compile(rb"\b(EXPORT_\w*SYMBOL\w*)[ \t]*\([ \t]*\Z")
# SYM_FUNC_END(foo), ENDPROC(foo): what is closed here was opened above
CLOSED = re.compile(rb"^[ \t]*\w*END\w*[ \t]*\([ \t]*\Z")
# SYM_FUNC_START(foo), ENTRY(foo), LEAF(foo, 32)
HEADED = re.compile(rb"^[ \t]*[A-Z_][A-Z0-9_]*[ \t]*\([ \t]*\Z")
# .macro foo   .set foo, 1   .type foo, %function   #define foo 1
SET = re.compile(
    rb"^[ \t]*(?:\.(?:macro|set|equ|equiv|comm|lcomm|weak|weakref|irp|altmacro)|\#[ \t]*define)"
    rb"[ \t]+\Z"
)
# foo:   foo = .   1: foo:
SETS = re.compile(rb"[ \t]*(?::(?!:)|=(?!=))")
FIRST = re.compile(rb"(?:^|[;:{(\"]|\\n|\\t)[ \t]*\Z")
TEXT = re.compile(rb"^[^\n]*\.(?:ascii|asciz|string)\b[^\n]*\Z|^[ \t]*\#[ \t]*(?:error|warning)\b")
INCLUDED = re.compile(rb"^[ \t]*\#[ \t]*include\b")


def assembly_code(source: bytes) -> bytes:
    """A same-length copy without comments; strings stay, since they may be instructions."""
    return REMARK.sub(lambda match: blanked(match[0]), uncommented(source))


def assembly_use(code: bytes, start: int, end: int) -> Use:
    """What the token code[start:end] is used for; `code` is `assembly_code` of the file."""
    if code[start] == 32:
        return Use("comment")
    before = code[code.rfind(b"\n", 0, start) + 1 : start]
    exported = EXPORTED.search(before)
    if exported is not None:
        return Use("export", target=exported[1].decode())
    if TEXT.search(before):
        return Use("comment", target="string")
    if INCLUDED.search(before):
        return Use("other")
    return Use("assembly", target=_role(before, code[end : end + 80]))


def _role(before: bytes, after: bytes) -> str:
    if before.endswith(b"."):
        return "section"
    if CLOSED.search(before):
        return ""
    if HEADED.search(before) or SET.search(before):
        return "definition"
    return "definition" if SETS.match(after) and FIRST.search(before) else ""
