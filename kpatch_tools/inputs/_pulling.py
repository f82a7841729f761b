"""Tells requests to pull from mails that hold patches."""

import re
from collections.abc import Iterable
from shlex import quote

from kpatch_tools.errors import NoPatchError
from kpatch_tools.inputs._letter import Letter

# [GIT PULL] v4l fixes, [GIT,PULL] x, [PULL 0/3] y
_SUBJECT = re.compile(r"\s*\[[^\]]*\bPULL\b[^\]]*\]")
# what git request-pull writes
_SINCE = re.compile(r"^The following changes since commit (?P<base>[0-9a-f]{7,64}):", re.MULTILINE)
_WHERE = re.compile(
    r"^are available in the [Gg]it [Rr]epository at:\s+(?P<where>\S+)(?:[ \t]+(?P<ref>\S+))?",
    re.MULTILINE,
)
_END = re.compile(r"^for you to fetch changes up to (?P<end>[0-9a-f]{7,64}):", re.MULTILINE)


def pull_request(letters: Iterable[Letter]) -> NoPatchError | None:
    """The error (exit 3) that says what to fetch instead, where a letter asks to pull."""
    for letter in letters:
        message = letter.patch.message
        since = _SINCE.search(message)
        if since is None and not _SUBJECT.match(letter.tag.title):
            continue
        where, end = _WHERE.search(message), _END.search(message)
        hint = "fetch what it names, then verify the range"
        if since and where and end:
            # a person will paste it into a shell
            fetched = " ".join(quote(part) for part in (where["where"], where["ref"]) if part)
            hint = f"git fetch {fetched}, then kpt verify {since['base'][:12]}..{end['end'][:12]}"
        return NoPatchError(f"{letter.origin} is a request to pull: it holds no patch", hint)
    return None
