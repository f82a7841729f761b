"""Text of a series as terminals and other programs take it: what is mailed steers nothing."""

import re

# What moves the cursor, colours, renames the window or turns the writing direction around.
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Halves of UTF-16 pairs (odd bytes of a path), and what XML 1.0 cannot hold beside.
UNTEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
# ::set-output name=a::b   ##[add-mask]a   ##vso[task.setvariable]a
_COMMANDS = re.compile(r"(?m)(?P<blanks>^[^\S\n]*)(?=::).|#(?=#(?:vso)?\[)")


def printable(text: str) -> str:
    """The text with controls as `\\u001b`, an escape of JSON too."""
    return CONTROLS.sub(_escape, text)


def for_logs(text: str, encoding: str) -> str:
    """Text for a standard stream: as `plain`, and no line is a command to a runner of CI.

    GitHub's takes lines that begin with `::`, older ones and Azure's what holds `##[` or
    `##vso[` anywhere. What the encoding does not have is escaped too.
    """
    return in_encoding(_COMMANDS.sub(_stopped, plain(text)), encoding)


def plain(text: str) -> str:
    """The same for files that other programs read: what is no character at all is escaped too."""
    return UNTEXT.sub(_escape, printable(text))


def one_line(text: str) -> str:
    """The same on one line, runs of blanks as one."""
    return " ".join(plain(text).split())


def _stopped(found: re.Match[str]) -> str:
    return (found["blanks"] or "") + _escaped(found[0][-1])


def in_encoding(text: str, encoding: str) -> str:
    """The same with what the encoding does not have escaped, as JSON does it."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(each if _has(encoding, each) else _escaped(each) for each in text)
    return text


def _has(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _escape(found: re.Match[str]) -> str:
    return _escaped(found[0])


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
