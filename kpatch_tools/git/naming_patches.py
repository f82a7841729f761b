"""What git calls a patch whatever its line numbers and whitespace: `git patch-id --stable`."""

from collections.abc import Sequence
from pathlib import Path

from kpatch_tools.git.running import run

_SEPARATOR = b"From %040x Mon Sep 17 00:00:00 2001\n"


def patch_ids(patches: Sequence[bytes]) -> tuple[str | None, ...]:
    """The id of each diff, in git's extended format; None where git sees none in it."""
    text = b"".join(_SEPARATOR % number + patch for number, patch in enumerate(patches))
    _, output, _ = run(["git", "patch-id", "--stable"], Path("/"), text)
    found = {int(commit, 16): name for name, commit in map(str.split, output.decode().splitlines())}
    return tuple(found.get(number) for number in range(len(patches)))
