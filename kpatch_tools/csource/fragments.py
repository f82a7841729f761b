"""Turns a piece of C that no file scope holds (a macro's body, an operand) into uses.

The piece is wrapped as statements, as an initialiser, as a declaration, and
so on; the first wrapping that the grammar takes around the token counts.
"""

import re
from dataclasses import replace

from kpatch_tools.csource.edits import edited, spaces
from kpatch_tools.csource.mask import mask
from kpatch_tools.csource.syntax import parse, path_to
from kpatch_tools.csource.uses import Use, trusted, use_of

WRAPPINGS: tuple[tuple[bytes, bytes], ...] = (
    (b"void f(void) { ", b"\n;}"),
    (b"void f(void) { g( ", b"\n); }"),
    (b"void f(void) { ", b"\n; while (0); }"),
    (b"int x[] = { ", b"\n};"),
    (b"", b"\n;"),
    (b"void f( ", b"\n);"),
    (b"struct s { ", b"\n;};"),
    (b"enum e { ", b"\n};"),
)
# name##_suffix
PASTE = re.compile(rb"\s*##\s*")
QUOTED = re.compile(rb"#(?=\s*[A-Za-z_])")
CALL = re.compile(rb"\s*\(")
# "=r" (x) : [out]
OPERAND_NOISE = re.compile(
    rb'"[^"]*"|%\d|\[\s*\w+\s*\]|\b(?:asm|__asm__|volatile|__volatile__|goto)\b'
)


def fragment_use(text: bytes, offset: int) -> Use | None:
    """The use of the token at `offset` of a scrubbed piece, None where no wrapping fits."""
    for before, after in WRAPPINGS:
        wrapped = before + text + after
        masked = mask(wrapped)
        at = offset + len(before)
        path = path_to(parse(masked.text), at)
        if path[-1].start_byte != at or masked.text[at] != wrapped[at] or not trusted(path):
            continue
        use = use_of(path)
        if use is not None:
            called = CALL.match(wrapped, at + len(path[-1].text or b""))
            if called is not None and masked.text[called.end() - 1] != 40:
                return Use("call")
            return replace(use, function="")
    return None


def macro_text(body: bytes) -> bytes:
    """The body of a #define, same length: one line, `##` joined, `#` dropped."""
    text = body.replace(b"\\\r\n", b"   ").replace(b"\\\n", b"  ")
    text = PASTE.sub(lambda match: b"_" * len(match.group()), text)
    return QUOTED.sub(b" ", text)


def operand_text(text: bytes) -> bytes:
    """The operands of an assembly statement, same length, as statements of their own."""
    bare = edited(text, (spaces(text, *match.span()) for match in OPERAND_NOISE.finditer(text)))
    out = bytearray(bare)
    depth = 0
    for at, byte in enumerate(bare):
        depth += (byte == 40) - (byte == 41)
        outermost = (byte == 40 and depth == 1) or (byte == 41 and depth == 0)
        if outermost:
            out[at] = 32
        elif byte in b":," and depth == 1:
            out[at] = 59
    return bytes(out)
