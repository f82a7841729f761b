"""Takes off what a page puts before every line of a text, or in place of its angle brackets."""

import re

_COVER = b"> \t"
_ESCAPED = re.compile(rb"&(lt|gt|amp|quot|#0?39|#x27);")
_MEANT = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"'}


def uncovered(content: bytes) -> bytes:
    """The text without quoting or indentation that all its lines have, escapes undone.

    Escapes are undone only where no angle bracket stands in the whole text:
    else `&lt;` may be what was written. Lines stay lines.
    """
    return _unescaped(_moved_left(content))


def _moved_left(content: bytes) -> bytes:
    if not content.lstrip(b"\r\n").startswith((b">", b" ", b"\t")):
        return content
    lines = content.split(b"\n")
    told = [line for line in lines if line.strip(_COVER + b"\r")]
    width = _common(min(told), max(told)) if told else 0
    return b"\n".join(line[width:] for line in lines)


def _common(first: bytes, last: bytes) -> int:
    """How many bytes that may cover a line begin both; of sorted lines, all between too."""
    pairs = enumerate(zip(first, last, strict=False))
    ends = (at for at, (one, other) in pairs if one != other or one not in _COVER)
    return next(ends, min(len(first), len(last)))


def _unescaped(content: bytes) -> bytes:
    if b"<" in content or b">" in content or not (b"&lt;" in content or b"&gt;" in content):
        return content
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], b"'"), content)
