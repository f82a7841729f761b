"""Turns a FileDiff into text that `git apply` takes."""

from collections.abc import Iterator

from kpatch_tools.diff.binary import binary_lines
from kpatch_tools.diff.paths import encoded, quoted
from kpatch_tools.domain import FileDiff, Hunk, Line, Modes

_NO_MODES = Modes(None, None)
_REGULAR = 0o100644


def format_diff(diff: FileDiff) -> bytes:
    """The diff in git's extended format, `-p1`, ending in a newline.

    Lines are those that `parse_diffs` reads back to an equal value, except
    that plain diffs gain a `diff --git` line, and with it the mode of a
    created or deleted file that states none: 100644. A binary diff of which
    only that is known becomes a line that `git apply` refuses.
    """
    return b"".join(line + b"\n" for line in _lines(diff))


def _lines(diff: FileDiff) -> Iterator[bytes]:
    old = quoted(b"a/" + encoded(diff.old_path or diff.path))
    new = quoted(b"b/" + encoded(diff.new_path or diff.path))
    yield b"diff --git %s %s" % (old, new)
    yield from _mode_lines(diff)
    yield from _move_lines(diff)
    yield from _index_lines(diff)
    if diff.content is not None:
        yield from binary_lines(diff.content)
    elif diff.binary:
        sides = (old if diff.old_path else b"/dev/null", new if diff.new_path else b"/dev/null")
        yield b"Binary files %s and %s differ" % sides
    if diff.hunks:
        # a blank in a path would let the reader take what follows for a timestamp
        yield b"--- " + (_ended(old) if diff.old_path else b"/dev/null")
        yield b"+++ " + (_ended(new) if diff.new_path else b"/dev/null")
    for hunk in diff.hunks:
        yield from _hunk_lines(hunk)


def _ended(path: bytes) -> bytes:
    return path + b"\t" if b" " in path else path


def _mode_lines(diff: FileDiff) -> Iterator[bytes]:
    modes = diff.modes or _NO_MODES
    if diff.old_path is None:
        yield b"new file mode %06o" % (modes.after or _REGULAR)
    elif diff.new_path is None:
        yield b"deleted file mode %06o" % (modes.before or _REGULAR)
    elif modes.before is not None and modes.after is not None and modes.before != modes.after:
        yield b"old mode %06o" % modes.before
        yield b"new mode %06o" % modes.after


def _move_lines(diff: FileDiff) -> Iterator[bytes]:
    if diff.old_path is None or diff.new_path is None or diff.old_path == diff.new_path:
        return
    if not diff.hunks and not diff.binary:
        yield b"similarity index 100%"
    verb = b"copy" if diff.copied else b"rename"
    yield verb + b" from " + quoted(encoded(diff.old_path))
    yield verb + b" to " + quoted(encoded(diff.new_path))


def _index_lines(diff: FileDiff) -> Iterator[bytes]:
    if diff.blobs is None:
        return
    before, after = diff.blobs.before, diff.blobs.after
    width = len(before or after or "0" * 7)
    ids = b"%s..%s" % ((before or "0" * width).encode(), (after or "0" * width).encode())
    modes = diff.modes or _NO_MODES
    unchanged = modes.before is not None and modes.before == modes.after
    yield b"index " + ids + (b" %06o" % modes.before if unchanged and modes.before else b"")


def _hunk_lines(hunk: Hunk) -> Iterator[bytes]:
    old = _range(hunk.old_start, len(hunk.old_lines))
    new = _range(hunk.new_start, len(hunk.new_lines))
    section = b" " + hunk.section if hunk.section else b""
    yield b"@@ -%s +%s @@%s" % (old, new, section)
    for line in hunk.lines:
        yield from _text_lines(line)


def _range(start: int, count: int) -> bytes:
    return b"%d" % start if count == 1 else b"%d,%d" % (start, count)


def _text_lines(line: Line) -> Iterator[bytes]:
    yield line.sign.encode() + line.text
    if not line.ended:
        yield b"\\ No newline at end of file"
