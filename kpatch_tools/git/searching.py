"""Turns words, or a text, into the files that hold one of them, with `git grep`."""

import contextlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from kpatch_tools.errors import KptError
from kpatch_tools.git.running import first_line, run, run_up_to

# Measured on 1.3 GB: `git grep -P` looks for a few words at once as fast as `-F` for
# one, `-E` starts slower and does not slow down with their number: they meet at some
# 30 words. `-F` with several looks for each of them up to the end of the file after
# every line that holds another, quadratic in the size of the file: half an hour for
# one letter and five rare names in a header of 7 MB.
_MANY_WORDS = 32
_SHORT = 6

# found, and not found; one that a signal ended told a part only
_ENDED_WELL = (0, 1)
_PLAIN = ("--no-color", "--no-line-number", "--no-column", "--no-heading")


def matching(
    git: Sequence[str], directory: Path, words: frozenset[str], *where: str
) -> tuple[str, ...]:
    """Paths, as git prints them, of files that hold any of the words as a whole word.

    `git` is the program with its first options, `where` a tree, pathspecs or
    nothing for the tracked files of the work tree.
    """
    if not words:
        return ()
    if len(words) == 1:
        return _grep(git, directory, *words, "-w", "-F", "-f", "-", *where)
    pattern = f"({'|'.join(map(_escaped, sorted(words)))})"
    if len(words) < _MANY_WORDS:
        with contextlib.suppress(_NoPerlError):
            # Perl takes the first alternative that fits: of `f` and `f_g` not the whole word
            return _grep(git, directory, rf"{pattern}(?!\w)", "-w", "-P", "-f", "-", *where)
    return _grep(git, directory, pattern, "-w", "-E", "-f", "-", *where)


class _NoPerlError(Exception):
    """This git was built without the library that `grep -P` needs."""


def _escaped(word: str) -> str:
    """The word as a regular expression takes it, POSIX's extended (9.4.3) and Perl's alike."""
    return re.sub(r"([].\[\\{}()*+?|^$])", r"\\\1", word)


def holding(git: Sequence[str], directory: Path, text: str, *where: str) -> tuple[str, ...]:
    """The same of files that hold the text, in words or between them."""
    return _grep(git, directory, text, "-F", "-f", "-", *where)


def lines(
    git: Sequence[str],
    directory: Path,
    texts: Sequence[str],
    *where: str,
    prefix: str = "",
    most: int | None = None,
) -> bytes | None:
    """`path NUL line` for each line that holds a text; None where that is more than `most` bytes.

    Git begins its paths with `prefix`. For few texts: reading every file
    costs more than looking for all of them at once.
    """
    grep = ("-c", "submodule.recurse=false", "grep", *_PLAIN, "-a", "-z")
    if len(texts) == 1 or not any(map(_is_frequent, texts)):
        ways = [("-F", *(part for text in texts for part in ("-e", text)))]
    else:
        pattern = f"({'|'.join(map(_escaped, texts))})"
        # without the library for -P this ends with an error, and says so
        ways = [("-P", "-e", pattern), ("-E", "-e", pattern)]
    status, output, error = 2, b"", b""
    for way in ways:
        done = run_up_to([*git, *grep, *way, *where], directory, most)
        if done is None:
            return None
        status, output, error = done
        if status in _ENDED_WELL or b"Perl" not in error:
            break
    if status not in _ENDED_WELL:
        raise _failed(directory, error)
    return (b"\n" + output).replace(os.fsencode(f"\n{prefix}"), b"\n")[1:] if prefix else output


def _is_frequent(text: str) -> bool:
    """Whether it may stand in every line of a large file, as a short word does.

    Beside such a one `-F` looks for the others over and over; without, it is the faster.
    """
    return len(text) < _SHORT and text.isidentifier()


def _failed(directory: Path, error: bytes) -> KptError:
    return KptError(f"git grep failed in {directory}: {first_line(error)}", "run `git fsck` there")


def _grep(git: Sequence[str], directory: Path, lines: str, *options: str) -> tuple[str, ...]:
    grep = ("-c", "submodule.recurse=false", "grep", "--no-color", "-a", "-l", "-z")
    status, output, error = run([*git, *grep, *options], directory, os.fsencode(lines + "\n"))
    if status > 1 and "-P" in options and b"Perl" in error:
        raise _NoPerlError
    if status not in _ENDED_WELL:
        raise _failed(directory, error)
    return tuple(os.fsdecode(path) for path in output.split(b"\0") if path)


def directory_naming(directory: Path, words: frozenset[str]) -> tuple[str, ...]:
    """Sorted paths of files under a plain directory that hold any of the words."""
    return _beneath(matching(("git",), directory, words, "--no-index", "--", "."))


def directory_holding(directory: Path, text: str) -> tuple[str, ...]:
    """Sorted paths of files under a plain directory that hold the text."""
    return _beneath(holding(("git",), directory, text, "--no-index", "--", "."))


def directory_lines(directory: Path, text: str) -> bytes:
    """`path NUL line` for each line under a plain directory that holds the text."""
    return lines(("git",), directory, (text,), "--no-index", "--", ".", prefix="./") or b""


def _beneath(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(path.removeprefix("./") for path in found))
