"""Merges three versions of a file as git does."""

from pathlib import Path
from tempfile import TemporaryDirectory

from kpatch_tools.errors import KptError
from kpatch_tools.git.running import first_line, run

# git merge-file exits with the number of conflicts, and no more than this
MOST_CONFLICTS = 127


def merge_file(ours: bytes, base: bytes, theirs: bytes) -> bytes | int:
    """What `git merge-file` makes of a file changed by two; the number of conflicts where it fails.

    `KptError` where git does not merge such content.
    """
    with TemporaryDirectory(prefix="kpt-") as name:
        folder = Path(name)
        for file, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            (folder / file).write_bytes(content)
        command = ["git", "merge-file", "-p", "--quiet", "ours", "base", "theirs"]
        status, output, error = run(command, folder)
    if status > MOST_CONFLICTS:
        raise KptError(
            f"git merges no such file: {first_line(error)}", "apply the patch without --3way"
        )
    return status or output
