"""Tells why a diff cannot be applied to a state at all, whatever its hunks say.

The rules are those of `check_preimage`, `check_to_create`, `verify_path` and
`path_is_beyond_symlink` in git's apply.c.
"""

import re
from bisect import bisect_left

from kpatch_tools.apply.state import State
from kpatch_tools.domain import FileDiff, TreeFile

SYMLINK = 0o120000
SUBMODULE = 0o160000
_TYPE = 0o170000
MOST_GROWN = 2**23
# PATH_MAX of Linux
LONGEST = 4096
# what HFS+ leaves out of names (`next_hfs_char` in git's utf8.c)
_IGNORED = dict.fromkeys(
    (*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF)
)
# `.git`, `git~1`, `.git. .`, `.git::$INDEX_ALLOCATION`: one folder on NTFS
_NTFS = re.compile(r"(?:\.git|git~1)[. ]*(?::.*)?")


def obstacle(diff: FileDiff, source: TreeFile | None, state: State) -> str | None:
    """The reason for rejecting the whole diff, or None."""
    for path in (each for each in (diff.old_path, diff.new_path) if each is not None):
        reason = _unsafe(path) or _blocked(path, state)
        if reason:
            return reason
    if _misleads(diff):
        return f"a symbolic link {diff.new_path}: git follows no link there"
    if diff.modes and SUBMODULE in (diff.modes.before, diff.modes.after):
        return "a submodule, which is no file of the tree"
    if state.grown > MOST_GROWN:
        return f"copies and deltas of the patch make more than {MOST_GROWN:,} bytes"
    return _missing(diff, source) or _in_the_way(diff, state)


def creates(diff: FileDiff, source: TreeFile | None) -> bool:
    """Whether the result is a new file: stated, or a hunk from line 0 on an absent file."""
    if diff.old_path is None:
        return True
    only = diff.hunks[0] if len(diff.hunks) == 1 else None
    return source is None and only is not None and only.old_start == 0 and not only.old_lines


def _unsafe(path: str) -> str | None:
    if len(path) > LONGEST:
        return f"a path longer than {LONGEST} letters"
    if path.startswith("/"):
        return "an absolute path"
    parts = path.split("/")
    if {"", ".", ".."}.intersection(parts) or "\0" in path:
        return "a path that leaves the tree"
    if "\n" in path:
        return "a path with a newline, by which reports could be forged"
    if any(map(_is_git, path.replace("\\", "/").split("/"))):
        return "a path into a git directory"
    return None


def _is_git(part: str) -> bool:
    """Whether some file system takes the name for `.git`: `is_hfs_dotgit`, `is_ntfs_dotgit`."""
    shown = part.translate(_IGNORED).lower()
    return _NTFS.fullmatch(shown) is not None


def _misleads(diff: FileDiff) -> bool:
    """Whether it makes a link of what git reads itself, and follows no link to."""
    mode = diff.modes.after if diff.modes else None
    name = (diff.new_path or "").rpartition("/")[2]
    return mode == SYMLINK and name.translate(_IGNORED).lower() == ".gitmodules"


def _blocked(path: str, state: State) -> str | None:
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if folder in state.leaving:
            continue
        mode = state.mode(folder)
        if mode == SYMLINK:
            return f"a path beyond the symbolic link {folder}"
        if mode is not None:
            return f"a path below {folder}, which is a file"
    return None


def _missing(diff: FileDiff, source: TreeFile | None) -> str | None:
    if diff.old_path is None or creates(diff, source):
        return None
    if source is None:
        return f"there is no file {diff.old_path}"
    stated = diff.modes.before if diff.modes else None
    if stated is not None and stated & _TYPE != source.mode & _TYPE:
        return f"{diff.old_path} has type {source.mode:06o}, the patch expects {stated:06o}"
    return None


def _in_the_way(diff: FileDiff, state: State) -> str | None:
    if diff.new_path is None or diff.new_path == diff.old_path:
        return None
    if diff.new_path in state.leaving and state.written.get(diff.new_path) is None:
        return None
    if state.mode(diff.new_path) is not None:
        return f"{diff.new_path} exists already"
    below = diff.new_path + "/"
    paths = state.before.paths()
    at = bisect_left(paths, below)
    if at < len(paths) and paths[at].startswith(below):
        return f"{diff.new_path} is a folder"
    return None
