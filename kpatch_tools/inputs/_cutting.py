"""Takes from a mail's text what its author cut off, and what a signature put around it."""

import re

from kpatch_tools.inputs._body import ends_message

# -- >8 --, ----8<---- cut here ----8<----: dashes, blanks between them, and scissors
_PERFORATION = re.compile(rb"(?:-|>8|8<|>%|%<)(?:[-\s]|>8|8<|>%|%<)*")
_SCISSORS = re.compile(rb">8|8<|>%|%<")
NARROWEST = 8
_SIGNED = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"


def after_scissors(text: bytes) -> tuple[bytes, int]:
    """What follows the last scissors line of the message, and the lines before it."""
    lines = text.split(b"\n")
    end = next((at for at, line in enumerate(lines) if ends_message(line)), len(lines))
    cuts = [at + 1 for at in range(end) if _is_scissors(lines[at])]
    return (b"\n".join(lines[cuts[-1] :]), cuts[-1]) if cuts else (text, 0)


def _is_scissors(line: bytes) -> bool:
    """As git tells them: wide enough, mostly perforation, and that not mostly blanks."""
    seen = line.strip()
    runs = _PERFORATION.findall(seen)
    length = sum(map(len, runs))
    blanks = sum(len(run) - len(b"".join(run.split())) for run in runs)
    wide = NARROWEST <= len(seen) < 3 * length
    return wide and any(map(_SCISSORS.search, runs)) and 2 * blanks < length


def unsigned(text: bytes) -> bytes:
    """A clear-signed text without armour, its lines as long as before: `- -x` is `-x`."""
    lines = text.split(b"\n")
    bare = [line.rstrip() for line in lines]
    if _SIGNED not in bare or _SIGNATURE not in bare:
        return text
    first, last = bare.index(_SIGNED), bare.index(_SIGNATURE)
    body = next((at for at in range(first, last) if not bare[at]), last)
    inner = [line.removeprefix(b"- ") for line in lines[body + 1 : last]]
    return b"\n".join([*lines[:first], *[b""] * (body + 1 - first), *inner, b""])
