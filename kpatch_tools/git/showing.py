"""Turns commits into what they say about themselves, and into their diffs: many by one git."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kpatch_tools.git.repository import Repository

_DIFF_OPTIONS = (
    *("--root", "-p", "-r", "-M", "--full-index", "--binary", "-U3"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/"),
)
# The diffs of so many commits are held at once.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit without its content. `author` is "Name <address>", `date` RFC 2822."""

    id: str
    parents: tuple[str, ...]
    author: str
    date: str
    subject: str
    message: str


def commits_of(repository: Repository, ids: Sequence[str]) -> tuple[Commit, ...]:
    """What each commit says about itself; messages are decoded by git."""
    form = "%H%x00%P%x00%an <%ae>%x00%aD%x00%s%x00%b%x00"
    options = ("-s", "--no-show-signature", "--encoding=UTF-8", f"--format={form}", "--stdin")
    asked = "".join(f"{each}\n" for each in dict.fromkeys(ids)).encode()
    shown = repository.run("show", *options, stdin=asked).decode("utf-8", "replace")
    fields = iter(shown.split("\0")[:-1])
    found = {}
    while said := tuple(islice(fields, 6)):
        name, parents, author, date, subject, message = said
        name = name.strip()
        message = message.strip("\n")
        found[name] = Commit(name, tuple(parents.split()), author, date, subject, message)
    return tuple(found[each] for each in ids)


def patch_texts(repository: Repository, pairs: Sequence[tuple[str, str | None]]) -> Iterator[bytes]:
    """The diff of each commit against a parent (None: a root), exact, with full blob ids."""
    for start in range(0, len(pairs), _AT_ONCE):
        yield from _texts(repository, pairs[start : start + _AT_ONCE])


def _texts(repository: Repository, pairs: Sequence[tuple[str, str | None]]) -> Iterator[bytes]:
    asked = "".join(f"{' '.join(filter(None, pair))}\n" for pair in pairs)
    options = ("--stdin", "--always", *_DIFF_OPTIONS)
    rest = b"\n" + repository.run("diff-tree", *options, stdin=asked.encode())
    # no line of a diff is the bare id of a commit
    heads = [f"\n{commit}\n".encode() for commit, _ in pairs]
    start = len(heads[0])
    for following in heads[1:]:
        end = rest.index(following, start - 1)
        yield rest[start : end + 1]
        start = end + len(following)
    yield rest[start:]
