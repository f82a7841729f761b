"""Turns path texts of diff headers into paths and back.

The rules are those of git's `quote.c` and of `find_name_common` and
`git_header_name` in its `apply.c`, with -p1; with -p0 where names show that
they have no prefix (`git diff --no-prefix`).
"""

import re

NULL = b"/dev/null"

_PREFIXES = (b"a", b"b", b"i", b"w", b"c", b"o")

_ESCAPES = {
    **{b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"},
    **{b'"': b'"', b"\\": b"\\"},
}
_UNESCAPES = {text: name for name, text in _ESCAPES.items()}

# "a/mm/caf\303\251.c"
_QUOTED = re.compile(rb'"((?:[^"\\]|\\[abtnvfr"\\]|\\[0-3][0-7]{2})*)"')
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_NEEDS_QUOTES = re.compile(rb'[\x00-\x1f\x7f-\xff"\\]')

# a/mm/migrate.c 2016-03-21 15:31:02.000000000 +0900, the tab before it perhaps folded
_TIMESTAMP = re.compile(rb"[ \t]+\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: [-+]\d{4})?\s*$")
_EPOCH = re.compile(rb"[ \t](?:1970-01-01|1969-12-31) \d\d:\d\d:00(?:\.0+)? [-+]\d{4}\s*$")


def decoded(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def unquoted(text: bytes) -> bytes | None:
    """The path a C-quoted text means; text without quotes as it is; None if badly quoted."""
    if not text.startswith(b'"'):
        return text
    found = _QUOTED.fullmatch(text)
    return None if found is None else _ESCAPE.sub(_unescaped, found[1])


def quoted(path: bytes) -> bytes:
    """The path as git writes it with `core.quotePath` on: quoted where it must be."""
    if not _NEEDS_QUOTES.search(path):
        return path
    return b'"' + _NEEDS_QUOTES.sub(_escaped, path) + b'"'


def stripped(path: bytes, *, bare: bool = False) -> bytes | None:
    """The path without its first component (-p1), None where it has but one; whole if `bare`."""
    if bare:
        return path or None
    head, slash, rest = path.partition(b"/")
    named = slash and (head or path.startswith(b"/"))
    return (rest.lstrip(b"/") or None) if named else None


def file_name(text: bytes, *, bare: bool = False) -> bytes | None:
    """What follows `--- ` or `+++ `, without timestamp and first component; None if it is no path.

    `/dev/null` stays as it is.
    """
    name = _TIMESTAMP.sub(b"", text.partition(b"\t")[0]).rstrip(b"\r\n")
    if name.startswith(b'"'):
        plain = unquoted(name.rstrip())
        return None if plain is None else stripped(plain, bare=bare)
    if name.rstrip() == NULL:
        return NULL
    return stripped(name, bare=bare)


def names_no_folder(*texts: bytes) -> bool:
    """Whether what follows `--- ` and `+++ ` has no slash: git takes such names whole (-p0)."""
    names = (_TIMESTAMP.sub(b"", text.partition(b"\t")[0]).strip() for text in texts)
    return not any(b"/" in name for name in names if name != NULL)


def is_epoch(text: bytes) -> bool:
    """Whether a `---` line has the timestamp by which diff -N marks an absent file."""
    return _EPOCH.search(text) is not None


def is_bare(text: bytes) -> bool:
    """Whether the names after `diff --git` are the same twice: no a/ and b/ before them.

    b/x.c b/x.c is a new file of `git diff --no-index --no-prefix a b`.
    """
    half = len(text) // 2
    if text.partition(b"/")[0] in _PREFIXES:
        return False
    return text[:half] == text[half + 1 :] and text[half : half + 1] == b" "


def both_names(text: bytes, *, bare: bool = False) -> bytes | None:
    """The path in `a/PATH b/PATH`; None where the two differ (a rename) or cannot be told."""
    if text.startswith(b'"') or text.endswith(b'"'):
        halves = _QUOTED.findall(text)
        if len(halves) == 2:
            plain = (_ESCAPE.sub(_unescaped, half) for half in halves)
            names = [stripped(name, bare=bare) for name in plain]
            return names[0] if names[0] == names[1] else None
    for blank in re.finditer(rb" ", text):
        left = stripped(text[: blank.start()], bare=bare)
        right = stripped(text[blank.end() :], bare=bare)
        if left is not None and left == right:
            return left
    return None


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPES.get(found[1]) or bytes((int(found[1], 8),))


def _escaped(found: re.Match[bytes]) -> bytes:
    name = _UNESCAPES.get(found[0])
    return b"\\" + name if name else b"\\%03o" % found[0][0]
