"""Paths, links, counts and binary data that would harm, or would not end."""

from kpatch_tools.diff import format_diff
from kpatch_tools.domain import BinaryContent, Blobs, FileDiff, Modes
from kpatch_tools.errors import Exit
from kpatch_tools.tree.blob import blob_id
from tests.hostile.case import (
    CHANGE,
    FILES,
    MEGABYTE,
    Hostile,
    changing,
    creating,
    mail,
    mails,
    moved,
    new,
    symlink,
)


def binary(name: str, method: str, data: bytes, size: int, after: str | None = None) -> bytes:
    """A git binary patch that announces `size` bytes."""
    blobs = Blobs(None, after or "1" * 40)
    content = BinaryContent("literal" if method == "literal" else "delta", data)
    diff = FileDiff(None, name, (), blobs, Modes(None, 0o100644), binary=True, content=content)
    return format_diff(diff).replace(
        b"%s %d\n" % (method.encode(), len(data)), b"%s %d\n" % (method.encode(), size)
    )


def delta_bomb() -> bytes:
    """A delta that makes 200 MB of a file of 40,000 bytes by copying it again and again."""
    before = FILES["mm/many.c"]

    def number(value: int) -> bytes:
        digits = bytearray()
        while value > 127:
            digits.append(value & 127 | 128)
            value >>= 7
        return bytes([*digits, value])

    count = 5_000
    copy = bytes([0x80 | 0x10 | 0x20, len(before) & 255, len(before) >> 8])
    delta = number(len(before)) + number(len(before) * count) + copy * count
    blobs = Blobs(blob_id(before), "1" * 40)
    content = BinaryContent("delta", delta)
    return format_diff(
        FileDiff(
            "mm/many.c",
            "mm/many.c",
            (),
            blobs,
            Modes(0o100644, 0o100644),
            binary=True,
            content=content,
        )
    )


def hunks_of_one_line(count: int) -> bytes:
    """So many hunks, each of which changes one line of many.c."""
    head = b"diff --git a/mm/many.c b/mm/many.c\n--- a/mm/many.c\n+++ b/mm/many.c\n"
    hunk = b"@@ -%d,2 +%d,2 @@\n-x\n+y\n x\n"
    return head + b"".join(hunk % (n, n) for n in range(1, 2 * count, 2))


def bait(count: int, hunks: int) -> bytes:
    """Hunks whose context is all alike, but for the last line, which stands nowhere."""
    head = b"diff --git a/mm/many.c b/mm/many.c\n--- a/mm/many.c\n+++ b/mm/many.c\n"
    hunk = b"@@ -%d,%d +%d,%d @@\n" + b" x\n" * count + b"-nowhere\n+there\n" + b" x\n" * 3
    sizes = (count + 4, count + 4)
    starts = range(2, 2 + hunks)
    return head + b"".join(hunk % (n, sizes[0], n, sizes[1]) for n in starts)


def renames_in_a_row(count: int) -> bytes:
    return mails(
        *(moved("mm/x.c" if n == 0 else f"mm/x{n}.c", f"mm/x{n + 1}.c") for n in range(count))
    )


def copies(count: int) -> bytes:
    """Copies of a large file, each with a line more."""
    return b"".join(
        moved("mm/many.c", f"mm/copy{n}.c", "copy")
        + b"--- a/mm/many.c\n+++ b/mm/copy%d.c\n@@ -1,3 +1,4 @@\n x\n x\n+y\n x\n" % n
        for n in range(count)
    )


PATHS = {
    "absolute path": Hostile(
        lambda: mail(moved("mm/x.c", "/tmp/owned.c")), Exit.DOES_NOT_APPLY, "an absolute path"
    ),
    "parent folders": creating("mm/../../owned.c", "a path that leaves the tree"),
    "parent folders, quoted": creating("mm/\\056./../owned.c", "a path that leaves the tree"),
    "git's folder": creating(".git/hooks/pre-commit", "a path into a git directory"),
    "git's folder below": creating("mm/.git/config", "a path into a git directory"),
    "git's folder in capitals": creating(".GiT/config", "a path into a git directory"),
    "git's folder with code points that HFS+ ignores": creating(
        ".g\\342\\200\\214it/config", "a path into a git directory"
    ),
    "git's folder with a byte order mark": creating(
        ".git\\357\\273\\277/config", "a path into a git directory"
    ),
    "git's folder with trailing dots and blanks": creating(
        ".git. ./config", "a path into a git directory"
    ),
    "git's folder by its short name": creating("GIT~1/config", "a path into a git directory"),
    "git's folder as an NTFS stream": creating(
        ".git::$INDEX_ALLOCATION/config", "a path into a git directory"
    ),
    "git's folder behind a backslash": creating(
        "mm\\\\.git\\\\config", "a path into a git directory"
    ),
    "a link named .gitmodules": Hostile(
        lambda: mail(symlink(".gitmodules", "mm/x.c")), Exit.DOES_NOT_APPLY, "git follows no link"
    ),
    "a path with a NUL": creating("mm/x\\000.c", "a path that leaves the tree"),
    "a path with a newline": creating("mm/x.c\\n  proved mm/y.c", "a path with a newline"),
    "a path with escape sequences": Hostile(
        lambda: mail(new("mm/\\033[2J.c")),
        Exit.PROVED,
        "mm/\\u001b[2J.c",
        writes=frozenset({"mm/\x1b[2J.c"}),
    ),
    "a path of 100,000 folders": Hostile(
        lambda: mail(new("a/" * 100_000 + "x.c")), Exit.DOES_NOT_APPLY, "longer than"
    ),
}
LINKED = {
    "through a link of the tree": creating("mm/out/owned.c", "beyond the symbolic link mm/out"),
    "through a link that an earlier patch makes": Hostile(
        lambda: mails(symlink("mm/way", "../../outside"), new("mm/way/owned.c")),
        Exit.DOES_NOT_APPLY,
        "beyond the symbolic link mm/way",
        writes=frozenset({"mm/way"}),
    ),
    "through a link that the same patch makes": Hostile(
        lambda: mail(symlink("mm/way", "../../outside") + new("mm/way/owned.c")),
        Exit.DOES_NOT_APPLY,
        "beyond the symbolic link mm/way",
        writes=frozenset({"mm/way"}),
    ),
    "through a link in the folder written to": Hostile(
        lambda: mail(new("link/owned.c")), Exit.USAGE, "link is a symbolic link"
    ),
    "over a link in the folder written to": Hostile(
        lambda: mail(new("link.c")), Exit.USAGE, "link.c is a symbolic link"
    ),
    "renames in a circle": Hostile(
        lambda: mail(
            moved("mm/x.c", "mm/Makefile")
            + moved("mm/Makefile", "mm/Kconfig")
            + moved("mm/Kconfig", "mm/x.c")
        ),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c", "mm/Makefile", "mm/Kconfig"}),
    ),
    "a rename onto itself": Hostile(
        lambda: mail(moved("mm/x.c", "mm/x.c")),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "renames in a row": Hostile(
        lambda: renames_in_a_row(300), Exit.PROVED, "unclaimed", writes=frozenset({"mm/x300.c"})
    ),
}
COUNTS = {
    "counts of a million million": changing(b"-1,3", b"-1,1000000000000", "ends too early"),
    "counts of 5,000 digits": changing(b"-1,3", b"-1," + b"3" * 5_000, "not a hunk header"),
    "a start beyond all files": changing(
        b"-1,3 +1,4", b"-99999999999,3 +99999999999,4", "unclaimed", Exit.PROVED
    ),
    "a patch of 9999": changing(b"[PATCH]", b"[PATCH 9999/9999]", "unclaimed", Exit.PROVED),
    "hunks for every line": Hostile(
        lambda: mail(hunks_of_one_line(9_900)),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/many.c"}),
    ),
    "context that is all alike": Hostile(
        lambda: mail(bait(9_000, 1)),
        Exit.DOES_NOT_APPLY,
        "of its 9004 old lines",
        writes=frozenset({"mm/many.c"}),
    ),
    "context that is all alike in many hunks": Hostile(
        lambda: mail(bait(50, 500)),
        Exit.DOES_NOT_APPLY,
        "of its 54 old lines",
        writes=frozenset({"mm/many.c"}),
    ),
    "a file header without end": Hostile(
        lambda: mail(b"diff --git a/mm/x.c b/mm/x.c\n" + b"old mode 100644\n" * 100_000),
        Exit.NOT_UNDERSTOOD,
        "a second 'old mode' line",
    ),
    "files without end": Hostile(
        lambda: mail(b"".join(moved("mm/x.c", f"mm/{n}.c", "copy") for n in range(60_000))),
        Exit.NOT_UNDERSTOOD,
        "changes more files than",
    ),
    "a series without end": Hostile(
        lambda: b"From a@kpt.invalid Thu Jan  1 00:00:00 1970\nSubject: x\n\n" * 50_000,
        Exit.NOT_UNDERSTOOD,
        "has more mails than",
    ),
    "a mail too large": Hostile(
        lambda: mail(new("mm/y.c", b"0123456789abcdef\n" * 8 * MEGABYTE)),
        Exit.NOT_UNDERSTOOD,
        "has more bytes than",
    ),
    "a mail of 17 megabytes": Hostile(
        lambda: mail(new("mm/y.c", b"y" * 17 * MEGABYTE + b"\n")),
        Exit.NOT_UNDERSTOOD,
        "has more bytes than",
    ),
    "a mail of half a million lines": Hostile(
        lambda: mail(new("mm/y.c", b"\n" * 500_000)), Exit.NOT_UNDERSTOOD, "has more lines than"
    ),
    "a file of 150,000 lines": Hostile(
        lambda: mail(new("mm/y.c", b"\n" * 150_000)),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/y.c"}),
    ),
    "a series of 2,001 patches": Hostile(
        lambda: mails(*[CHANGE] * 2_001), Exit.NOT_UNDERSTOOD, "has more patches than"
    ),
    "a line of ten megabytes": Hostile(
        lambda: mail(new("mm/y.c", b"y" * 10 * MEGABYTE + b"\n")),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/y.c"}),
    ),
}
BINARIES = {
    "a binary diff that unpacks to 250 megabytes": Hostile(
        lambda: mail(binary("mm/bin", "literal", bytes(250 * MEGABYTE), 250 * MEGABYTE)),
        Exit.NOT_UNDERSTOOD,
        "that kpt reads",
    ),
    "a binary diff that unpacks to more than it says": Hostile(
        lambda: mail(binary("mm/bin", "literal", bytes(100 * MEGABYTE), 10)),
        Exit.NOT_UNDERSTOOD,
        "are not the 10 bytes announced",
    ),
    "a binary diff of a million million bytes": Hostile(
        lambda: mail(binary("mm/bin", "literal", b"x", 10**12)),
        Exit.NOT_UNDERSTOOD,
        "that kpt reads",
    ),
    "a delta that copies without end": Hostile(
        lambda: mail(delta_bomb()),
        Exit.DOES_NOT_APPLY,
        "do not give blob",
        writes=frozenset({"mm/many.c"}),
    ),
    "many binary diffs of 10 megabytes": Hostile(
        lambda: mail(
            b"".join(
                binary(f"mm/bin{n}", "literal", bytes(10 * MEGABYTE), 10 * MEGABYTE)
                for n in range(40)
            )
        ),
        Exit.NOT_UNDERSTOOD,
        "that kpt reads",
    ),
    "mails of 60 megabytes of binary data each": Hostile(
        lambda: mails(
            *(
                binary(f"mm/bin{n}", "literal", bytes(60 * MEGABYTE), 60 * MEGABYTE)
                for n in range(5)
            )
        ),
        Exit.NOT_UNDERSTOOD,
        "has more bytes of binary data than",
    ),
    "copies of a large file": Hostile(
        lambda: mail(copies(1_000)),
        Exit.DOES_NOT_APPLY,
        "copies and deltas of the patch make more than",
        writes=frozenset(f"mm/copy{n}.c" for n in range(210)),
    ),
}
