"""What a hostile case is: what is sent, and what must come of it; how mails and diffs are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kpatch_tools.errors import Exit

# a link that stands in the tree, out of it
LINKS = {"mm/out": "../../outside"}
X = b"first\nsecond\nthird\nfourth\n"
FILES = {
    "mm/x.c": X,
    "mm/Makefile": b"obj-$(CONFIG_X) += x.o\n",
    "mm/Kconfig": b'config X\n\tbool "X"\n',
    "Makefile": b"obj-y := mm/\n",
    "Kconfig": b'source "mm/Kconfig"\n',
    "mm/many.c": b"x\n" * 20_000,
}
# what stands in the folder that files are written to
THERE = {"link.c": "../outside/secret", "link": "../outside"}
HEAD = b"From: A Stranger <stranger@kpt.invalid>\nSubject: [PATCH] mm: x\n\nBetter.\n---\n"
APPLY = ("apply", "{series}", "--tree", "{tree}", "-o", "{out}")
RECOVER = ("recover", "{series}", "--tree", "{tree}", "-o", "{out}")
VERIFY = ("verify", "{series}", "--tree", "{tree}", "--model", "off")
ONTO = ("apply", "{series}", "--tree", "{tree}", "--onto", "made")
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """`series`: what is sent; as a mapping, a folder of files. `says`: a part of what kpt says.

    `writes`: the files under the output folder, no more. `repository`: the
    tree is one of git.
    """

    series: Callable[[], bytes | Mapping[str, bytes]]
    exit: Exit
    says: str
    command: tuple[str, ...] = APPLY
    writes: frozenset[str] = field(default_factory=frozenset)
    repository: bool = False


def mail(diff: bytes, head: bytes = HEAD) -> bytes:
    return head + diff + b"-- \n2.39.0\n"


def mails(*diffs: bytes) -> bytes:
    """An mbox of a series."""
    line = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
    tags = (b"[PATCH %d/%d]" % (n, len(diffs)) for n in range(1, len(diffs) + 1))
    heads = (HEAD.replace(b"[PATCH]", tag) for tag in tags)
    return b"".join(line + mail(d, h) + b"\n" for d, h in zip(diffs, heads, strict=True))


def new(name: str, content: bytes = b"owned\n", mode: int = 0o100644) -> bytes:
    """The diff that creates a file, its name as it is written in a diff."""
    quote = '"' if "\\" in name else ""
    old, there = (f"{quote}{side}/{name}{quote}".encode() for side in "ab")
    lines = content.split(b"\n")[:-1]
    return (
        b"diff --git %s %s\nnew file mode %06o\n--- /dev/null\n+++ %s\n@@ -0,0 +1,%d @@\n"
        % (old, there, mode, there, len(lines))
    ) + b"".join(b"+%s\n" % line for line in lines)


def symlink(name: str, target: str) -> bytes:
    made = new(name, f"{target}\n".encode(), 0o120000)
    return made + b"\\ No newline at end of file\n"


def moved(old: str, there: str, verb: str = "rename") -> bytes:
    return (
        f"diff --git a/{old} b/{there}\nsimilarity index 100%\n"
        f"{verb} from {old}\n{verb} to {there}\n"
    ).encode()


CHANGE = (
    b"diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n"
    b"@@ -1,3 +1,4 @@\n first\n second\n+added\n third\n"
)


def creating(name: str, says: str) -> Hostile:
    return Hostile(lambda: mail(new(name)), Exit.DOES_NOT_APPLY, says)


def changing(before: bytes, after: bytes, says: str, code: Exit = Exit.NOT_UNDERSTOOD) -> Hostile:
    """The mail of CHANGE with one thing else."""
    writes = frozenset({"mm/x.c"} if code == Exit.PROVED else ())
    return Hostile(lambda: mail(CHANGE).replace(before, after, 1), code, says, writes=writes)


def headed(header: Callable[[], bytes]) -> Hostile:
    """CHANGE under one more header, which does not matter."""
    return Hostile(
        lambda: mail(CHANGE, HEAD.replace(b"\n\n", b"\n" + header() + b"\n\n", 1)),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    )
