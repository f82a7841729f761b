"""Turns what people send into a Series: one reader per file.

A reader has `recognises(source) -> bool` and `read(source) -> Series`. The
first that recognises a source, in order of names, reads it.
"""

from dataclasses import replace
from pathlib import Path

from kpatch_tools import plugins
from kpatch_tools.domain import Series
from kpatch_tools.errors import Exit, KptError, NoPatchError
from kpatch_tools.inputs._body import HOW_A_DIFF_BEGINS
from kpatch_tools.inputs._covered import uncovered
from kpatch_tools.inputs._limits import read_limited
from kpatch_tools.inputs._source import Source

__all__ = ["Source", "read_limited", "read_series"]


def read_series(
    source: str, stdin: bytes | None, tree: str | None, version: int | None = None
) -> Series:
    """The series that `source` names: a file, a directory, a git range, or `-` for `stdin`.

    `tree` is the text of `--tree`: it tells in which repository a range lies;
    else the repository at hand is asked. (The Tree itself may depend on the
    base that the series names.) Of several versions in mails, `version` or the
    newest. `KptError` with exit code 2 where nothing of
    that name exists, 3 where it is not understood.
    """
    described = replace(_described(source, stdin, tree), version=version)
    for reader in plugins.modules(__name__).values():
        if reader.recognises(described):
            series: Series = reader.read(described)
            return series
    raise _unrecognised(described)


def _described(name: str, stdin: bytes | None, tree: str | None) -> Source:
    if name == "-":
        if stdin is None:
            raise KptError("there is nothing on standard input", "pipe a mail or an mbox into kpt")
        return Source("standard input", "stdin", None, uncovered(stdin), tree)
    path = Path(name)
    if path.is_dir():
        return Source(name, "directory", path, b"", tree)
    if not path.exists():
        return Source(name, "absent", None, b"", tree)
    try:
        with path.open("rb") as stream:
            return Source(name, "file", path, uncovered(read_limited(stream, name)), tree)
    except PermissionError as error:
        raise KptError(f"{name} may not be read", "check its permissions") from error


def _unrecognised(source: Source) -> KptError:
    if source.kind == "absent":
        return KptError(
            f"no such file, directory or revision: {source.name}",
            "name an mbox, a mail, a directory of patches, a range A..B, or - for standard input",
        )
    if source.kind == "directory":
        return _not_understood(
            f"no patches in {source.name}", "patches are *.patch, *.eml, *.mbox or *.txt files"
        )
    if not source.content.strip():
        return _not_understood(f"{source.name} is empty", "fetch the patch again")
    if b"\0" in source.content:
        return _not_understood(f"{source.name} is binary, not a patch", "name a mail or an mbox")
    return NoPatchError(f"{source.name} is not a patch: no line begins a diff", HOW_A_DIFF_BEGINS)


def _not_understood(message: str, hint: str) -> KptError:
    return KptError(message, hint, Exit.NOT_UNDERSTOOD)
