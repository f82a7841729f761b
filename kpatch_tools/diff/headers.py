"""Turns the header lines of one file's diff into a FileDiff without hunks.

The grammar is git's: `parse_git_diff_header` in apply.c and diff-generate-patch.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kpatch_tools.diff.binary import START, read_binary
from kpatch_tools.diff.mistake import CUT_OFF, mistake
from kpatch_tools.diff.paths import (
    NULL,
    both_names,
    decoded,
    file_name,
    is_bare,
    is_epoch,
    names_no_folder,
    unquoted,
)
from kpatch_tools.domain import BinaryContent, Blobs, FileDiff, Modes

_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

# diff --git a/mm/migrate.c b/mm/migrate.c
GIT = b"diff --git "

# rename from mm/ballon.c
_EXTENDED = re.compile(
    rb"(?P<word>old[ ]mode|new[ ]mode|new[ ]file[ ]mode|deleted[ ]file[ ]mode|index"
    rb"|similarity[ ]index|dissimilarity[ ]index|rename[ ]from|rename[ ]to|copy[ ]from|copy[ ]to"
    rb"|---|\+\+\+)[ ](?P<value>.*)",
    re.VERBOSE | re.DOTALL,
)
# index 7b6d74f0c72f..46a69b6a0c4f 100644
_INDEX = re.compile(rb"([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?\s*")
_MODE = re.compile(rb"[0-7]{6}\s*")
# Binary files a/logo.png and b/logo.png differ
_BINARY = re.compile(rb"Binary files (.+) and (.+) differ\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Header:
    """A FileDiff still without hunks, and whether it is whole without any."""

    diff: FileDiff
    whole: bool


def starts_header(lines: list[bytes], at: int) -> bool:
    """Whether a file's diff begins at index `at`: `diff --git`, or `---` and `+++`."""
    line = lines[at]
    if line.startswith((GIT, b"diff --cc ", b"diff --combined ")):
        return True
    if line.startswith(b"Binary files "):
        return _BINARY.fullmatch(line) is not None
    follower = lines[at + 1] if at + 1 < len(lines) else b""
    return line.startswith(b"--- ") and follower.startswith(b"+++ ")


def names_are_whole(lines: list[bytes]) -> bool:
    """Whether the first `---` and `+++` name a file in no folder: as git guesses -p0 for all."""
    pairs = (
        at for at, line in enumerate(lines) if line[:4] == b"--- " and starts_header(lines, at)
    )
    at = next(pairs, None)
    return at is not None and names_no_folder(lines[at][4:], lines[at + 1][4:])


def read_header(
    lines: list[bytes], at: int, first_line: int, *, bare: bool = False
) -> tuple[Header, int]:
    """The header at index `at` and the index after it. `first_line` numbers lines[0].

    `bare`: names without `diff --git` have no leading component to strip.
    """
    line = lines[at]
    if line.startswith(GIT):
        return _git_header(lines, at, first_line)
    if line.startswith(b"Binary files "):
        return _binary_header(line, first_line + at), at + 1
    if line.startswith(b"--- "):
        names = line[4:], lines[at + 1][4:]
        return _traditional_header(*names, first_line + at, bare=bare), at + 2
    raise mistake(
        first_line + at, "the combined diff of a merge", "give the diff against one parent"
    )


def _git_header(lines: list[bytes], at: int, first_line: int) -> tuple[Header, int]:
    fields: dict[bytes, bytes] = {}
    after = at + 1
    while after < len(lines) and (found := _EXTENDED.fullmatch(lines[after])):
        if found["word"] in fields:
            raise mistake(first_line + after, f"a second {decoded(found['word'])!r} line", CUT_OFF)
        fields[found["word"]] = found["value"].rstrip(b"\r")
        after += 1
    binary, content, after = _binary(lines, after, first_line)
    header = _Fields(fields, lines[at][len(GIT) :], first_line + at).header(binary)
    return replace(header, diff=replace(header.diff, content=content)), after


def _binary(lines: list[bytes], at: int, first_line: int) -> tuple[bool, BinaryContent | None, int]:
    """Whether a binary diff stands at `at`, what it holds, and the index after it."""
    if at < len(lines) and _BINARY.fullmatch(lines[at]):
        return True, None, at + 1
    if at >= len(lines) or lines[at].rstrip() != START:
        return False, None, at
    content, after = read_binary(lines, at, first_line)
    return True, content, after


@dataclass(frozen=True, slots=True)
class _Fields:
    """The extended header lines after `diff --git`, by their words."""

    values: Mapping[bytes, bytes]
    names: bytes
    line: int

    def header(self, binary: bool) -> Header:
        old, new = self._paths()
        blobs, modes = self._blobs(), self._modes()
        diff = FileDiff(
            None if old is None else decoded(old),
            None if new is None else decoded(new),
            blobs=blobs,
            modes=modes,
            copied=b"copy to" in self.values,
            binary=binary,
        )
        return Header(diff, binary or self._whole(blobs))

    def _paths(self) -> tuple[bytes | None, bytes | None]:
        created, deleted = b"new file mode" in self.values, b"deleted file mode" in self.values
        moved = self._moved()
        names = self.names.rstrip(b"\r")
        bare = is_bare(names) if moved is None else names == b" ".join(moved)
        common = None if moved else both_names(names, bare=bare)
        old = self._path(b"---", moved[0] if moved else common, created, bare=bare)
        new = self._path(b"+++", moved[1] if moved else common, deleted, bare=bare)
        if old is None and new is None:
            raise mistake(
                self.line, f"a diff without a file name: {decoded(self.names)!r}", CUT_OFF
            )
        return old, new

    def _moved(self) -> tuple[bytes, bytes] | None:
        for verb in (b"rename", b"copy"):
            old, new = self.values.get(verb + b" from"), self.values.get(verb + b" to")
            if old is None and new is None:
                continue
            plain = None if old is None or new is None else (unquoted(old), unquoted(new))
            if plain is None or plain[0] is None or plain[1] is None:
                raise mistake(self.line, f"half a {decoded(verb)}", CUT_OFF)
            return plain[0], plain[1]
        return None

    def _path(
        self, word: bytes, expected: bytes | None, absent: bool, *, bare: bool
    ) -> bytes | None:
        """The path of one side, None where `absent`; the header lines must agree."""
        text = self.values.get(word)
        name = expected if text is None else file_name(text, bare=bare)
        if text is not None and (name == NULL) != absent:
            what = "names a file that the header calls absent" if absent else "should name a file"
            raise mistake(self.line, f"the {decoded(word)} line {what}: {decoded(text)!r}", CUT_OFF)
        if absent:
            return None
        if name is None or expected not in (None, name):
            raise mistake(
                self.line,
                f"file names do not agree: {decoded(self.names)!r} and {decoded(text or b'')!r}",
                "paths must have one leading component, as git writes them: a/mm/x.c b/mm/x.c",
            )
        return name

    def _blobs(self) -> Blobs | None:
        text = self.values.get(b"index")
        if text is None:
            return None
        found = _INDEX.fullmatch(text)
        if found is None:
            raise mistake(
                self.line, f"an index line that names no blobs: {decoded(text)!r}", CUT_OFF
            )
        before, after = found[1].decode(), found[2].decode()
        return Blobs(before if before.strip("0") else None, after if after.strip("0") else None)

    def _modes(self) -> Modes | None:
        index = _INDEX.fullmatch(self.values.get(b"index", b""))
        same = int(index[3], 8) if index and index[3] else None
        before = self._mode(b"old mode", self._mode(b"deleted file mode", same))
        after = self._mode(b"new mode", self._mode(b"new file mode", same))
        if (b"old mode" in self.values) != (b"new mode" in self.values):
            raise mistake(self.line, "half a mode change", CUT_OFF)
        if b"new file mode" in self.values:
            return Modes(None, after)
        if b"deleted file mode" in self.values:
            return Modes(before, None)
        return None if before is None and after is None else Modes(before, after)

    def _mode(self, word: bytes, otherwise: int | None) -> int | None:
        text = self.values.get(word)
        if text is None:
            return otherwise
        if not _MODE.fullmatch(text):
            raise mistake(
                self.line, f"{decoded(word)} {decoded(text)!r} is no octal file mode", CUT_OFF
            )
        return int(text, 8)

    def _whole(self, blobs: Blobs | None) -> bool:
        """Whether the header alone says all: nothing, or only names and modes, changed."""
        if b"---" in self.values or b"+++" in self.values:
            return False
        if blobs is not None:
            ids = (blobs.before or _EMPTY_BLOB, blobs.after or _EMPTY_BLOB)
            return ids[0] == ids[1] or all(_EMPTY_BLOB.startswith(id_) for id_ in ids)
        similar = self.values.get(b"similarity index", b"100%").strip() == b"100%"
        moved = b"rename to" in self.values or b"copy to" in self.values
        return similar and (moved or b"new mode" in self.values)


def _traditional_header(old_text: bytes, new_text: bytes, line: int, *, bare: bool) -> Header:
    """`---` and `+++` without `diff --git`: never a rename; names as in parse_traditional_patch."""
    old, new = file_name(old_text, bare=bare), file_name(new_text, bare=bare)
    if old is None or new is None or old == new == NULL:
        wrong = old_text if old is None else new_text
        raise mistake(
            line,
            f"not a path that -p1 can strip: {decoded(wrong)!r}",
            "paths must have one leading component, as git writes them: a/mm/x.c b/mm/x.c",
        )
    if old == NULL or is_epoch(old_text):
        return Header(FileDiff(None, decoded(new)), whole=False)
    if new == NULL or is_epoch(new_text):
        return Header(FileDiff(decoded(old), None), whole=False)
    name = decoded(old if new.startswith(old) else new)
    return Header(FileDiff(name, name), whole=False)


def _binary_header(text: bytes, line: int) -> Header:
    found = _BINARY.fullmatch(text)
    old, new = (file_name(name) for name in found.groups()) if found else (None, None)
    if old is None or new is None:
        raise mistake(line, f"binary files without a path: {decoded(text)!r}", CUT_OFF)
    old_path, new_path = (None if name == NULL else decoded(name) for name in (old, new))
    return Header(FileDiff(old_path, new_path, binary=True), whole=True)
