"""Turns the ref lines of a push into what of each ref the remote lacks.

git gives a pre-push hook the remote on its command line and, on standard
input, one line for each ref: `LOCAL_REF LOCAL_ID REMOTE_REF REMOTE_ID`. A
deleted ref has a local id of zeros, a new one a remote id of zeros. A local
ref that is no name is given as it was typed, blanks and all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository, is_tracked, remote_urls

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Push:
    """One ref line."""

    local_ref: str
    local: str
    remote_ref: str
    remote: str

    @property
    def deletes(self) -> bool:
        return is_zero(self.local)

    @property
    def creates(self) -> bool:
        return is_zero(self.remote)


@dataclass(frozen=True, slots=True)
class Known:
    """What the remote has: arguments of `git rev-list`, and what was assumed for it, in words."""

    revisions: tuple[str, ...]
    notes: tuple[str, ...] = ()


def is_zero(commit: str) -> bool:
    """Whether the id names nothing."""
    return set(commit) == {"0"}


def push_of(line: str) -> Push:
    """A ref line; `KptError` where it is none."""
    fields = line.rsplit(" ", 3)
    if len(fields) != 4:
        raise KptError(
            f"not a ref line of git: {line!r}", "kpt hook run is for git to call on a push"
        )
    return Push(*fields)


def known_of(repository: Repository, remote: str, url: str, pushes: Sequence[Push]) -> Known:
    """What a remote has: what its tracking refs reach, and what it said of the refs pushed.

    Of a remote that is named by a URL, the tracking refs of the remotes that
    have this URL. Where nothing is known, what any other remote has is taken.
    """
    told = {push.remote for push in pushes if not push.creates}
    here = sorted(commit for commit in told if repository.find_commit(commit) is not None)
    notes = tuple(
        f"{push.remote_ref} of the remote is at {push.remote[:SHOWN]}, which is not here"
        f" (git fetch brings it)"
        for push in pushes
        if not push.creates and push.remote not in here and not push.deletes
    )
    names = [name for name in _named(repository, remote, url) if is_tracked(repository, name)]
    if names or here:
        return Known((*(f"--remotes={name}" for name in names), *here), notes)
    nothing = f"nothing is known of what {remote} has (git fetch {remote} tells)"
    if is_tracked(repository):
        taken = f"{nothing}: what other remotes have is taken for it"
        return Known(("--remotes",), (*notes, taken))
    return Known((), (*notes, f"{nothing}: every commit counts as one that it lacks"))


def _named(repository: Repository, remote: str, url: str) -> list[str]:
    """The remotes that are meant: the one of that name, else those with that URL."""
    urls = remote_urls(repository)
    if remote in urls:
        return [remote]
    return sorted(name for name, own in urls.items() if {remote, url} & own)
