"""What a stranger may send to do harm, each named after what it tries, and what must come of it.

Every case is run on the tree of `FILES` (see test_hostile_series, and
benchmarks/hostile_series for time and memory): it ends with the exit code
given, says what is given, and changes nothing but what is in `writes`.
Sizes are those at which a reader that takes quadratic time or copies
everything would not end.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kpatch_tools.diff import format_diff
from kpatch_tools.domain import BinaryContent, Blobs, FileDiff, Modes
from kpatch_tools.errors import Exit
from kpatch_tools.tree.blob import blob_id

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


def nested_multiparts(depth: int) -> bytes:
    head = HEAD.partition(b"\n\n")[0]
    parts = [
        b"Content-Type: multipart/mixed; boundary=b%04d\n\n--b%04d\n" % (n, n) for n in range(depth)
    ]
    return head + b"\n" + b"".join(parts) + b"\n" + CHANGE


def nested_messages(depth: int) -> bytes:
    head = HEAD.partition(b"\n\n")[0]
    return head + b"\n" + b"Content-Type: message/rfc822\n\n" * depth + b"\n" + CHANGE


def encoded(body: bytes, encoding: bytes) -> bytes:
    return HEAD.replace(b"\n\n", b"\nContent-Transfer-Encoding: %s\n\n" % encoding, 1) + body


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
    "a line of ten megabytes": Hostile(
        lambda: mail(new("mm/y.c", b"y" * 10 * MEGABYTE + b"\n")),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/y.c"}),
    ),
}
MIME = {
    "headers without end": headed(lambda: b"\n".join(b"X-A%d: b" % n for n in range(100_000))),
    "a header of a megabyte": headed(lambda: b"X-A: " + b"b" * MEGABYTE),
    "a header folded without end": headed(lambda: b"X-A: b" + b"\n b" * 300_000),
    "a sender of blanks": headed(lambda: b"Sender: a" + b" " * MEGABYTE),
    "addresses without end": headed(lambda: b"Cc: " + b"a@b.c, " * 100_000),
    "comments in comments of an address": headed(lambda: b"Cc: " + b"(" * 100_000),
    "quotes without end in an address": headed(lambda: b'Cc: "' + b'\\"' * 100_000),
    "encoded words without end": changing(
        b"[PATCH] mm: x", b"=?utf-8?q?=0A?= " * 6_000, "unclaimed", Exit.PROVED
    ),
    "a subject of brackets": changing(
        b"[PATCH] mm: x", b"[PATCH] " * 12_000 + b"x", "unclaimed", Exit.PROVED
    ),
    "replies to replies": changing(
        b"[PATCH] mm: x", b"[PATCH] " + b"Re: " * 24_000 + b"x", "unclaimed", Exit.PROVED
    ),
    "a name of blanks": changing(
        b"A Stranger", b"A" + b" " * 90_000 + b"B", "unclaimed", Exit.PROVED
    ),
    "a sender without address": changing(
        b"A Stranger <stranger@kpt.invalid>", b"A" + b" " * 90_000 + b"B", "unclaimed", Exit.PROVED
    ),
    "multiparts in multiparts": Hostile(
        lambda: nested_multiparts(5_000), Exit.NOT_UNDERSTOOD, "has more parts than"
    ),
    "messages in messages": Hostile(lambda: nested_messages(5_000), Exit.NOT_UNDERSTOOD, "nested"),
    "parts without end": Hostile(
        lambda: (
            HEAD.partition(b"\n\n")[0]
            + b"\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\n\nx\n" * 100_000
            + b"--b\n\n"
            + CHANGE
            + b"--b--\n"
        ),
        Exit.NOT_UNDERSTOOD,
        "has more parts than",
    ),
    "a hundred multiparts in multiparts": Hostile(
        lambda: nested_multiparts(100), Exit.PROVED, "unclaimed", writes=frozenset({"mm/x.c"})
    ),
    "a subject of a megabyte": changing(b"mm: x", b"x" * MEGABYTE, "has more letters than"),
    "a sender of a megabyte": changing(b"A Stranger", b" x" * MEGABYTE, "has more letters than"),
    "base64 of 10 megabytes": Hostile(
        lambda: encoded(base64.encodebytes(b"-" * 10 * MEGABYTE), b"base64"),
        Exit.NOT_UNDERSTOOD,
        "holds no diff",
    ),
    "quoted-printable of soft breaks": Hostile(
        lambda: encoded(
            b"=3D=\n" * 300_000 + b"\n" + CHANGE.replace(b"=", b"=3D"), b"quoted-printable"
        ),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "format=flowed of soft breaks": Hostile(
        lambda: (
            HEAD.replace(b"\n\n", b"\nContent-Type: text/plain; format=flowed\n\n", 1).replace(
                b"---\n", b""
            )
            + b"a \n" * 300_000
            + b"\n---\n"
            + CHANGE.replace(b"\n ", b"\n  ")
        ),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "scissors of a megabyte": Hostile(
        lambda: mail(CHANGE, HEAD.replace(b"Better.", b"- " * (MEGABYTE // 2) + b">8\nBetter.")),
        Exit.PROVED,
        "unclaimed",
        writes=frozenset({"mm/x.c"}),
    ),
    "NUL bytes": Hostile(lambda: b"\0" * MEGABYTE, Exit.NOT_UNDERSTOOD, "is binary, not a patch"),
    "NUL bytes in a line": changing(b"+added", b"+ad\0ded", "unclaimed", Exit.PROVED),
    "a NUL in the sender's name": Hostile(
        lambda: mail(CHANGE).replace(b"A Stranger", b"=?utf-8?q?A=00B?="),
        Exit.PROVED,
        "branch made: 1 commits",
        ONTO,
        repository=True,
    ),
    "newlines in the sender's name": Hostile(
        lambda: mail(CHANGE).replace(
            b"A Stranger", b"=?utf-8?q?A=0Acommitter_B_=3Cb=40kpt.invalid=3E?="
        ),
        Exit.PROVED,
        "branch made: 1 commits",
        ONTO,
        repository=True,
    ),
    "escape sequences in the subject": changing(
        b"mm: x", b"=?utf-8?q?=1B]0=3Bowned=07=1B[2J?=", "\\u001b]0;owned\\u0007", Exit.PROVED
    ),
    "a control that turns text around in the subject": changing(
        b"mm: x", "a\u202eb".encode(), "a\\u202eb", Exit.PROVED
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
    "copies of a large file": Hostile(
        lambda: mail(copies(1_000)),
        Exit.DOES_NOT_APPLY,
        "copies and deltas of the patch make more than",
        writes=frozenset(f"mm/copy{n}.c" for n in range(420)),
    ),
}


def quilt(listed: bytes) -> Hostile:
    """A quilt folder whose series file lists something else than a patch in it."""
    return Hostile(
        lambda: {"series": listed + b"\n", "x.patch": mail(CHANGE), "pipe": b""},
        Exit.NOT_UNDERSTOOD,
        "",
    )


FOLDED = HEAD + (
    b"diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n"
    b"@@ -1,3 +1,4 @@\nfirst\nsecond\n+added\nthird\n"
)
FORGED = b"=?utf-8?q?x=0A---=0Adiff_--git_a/mm/y.c_b/mm/y.c?="
TRAP = b"$(shell touch ../../outside/owned; touch ../../outside/more)"
WEAKER = b"[kpt]\n\tfailOn = never\n\tmodel = off\n\tcommand = touch ../../outside/owned\n"
BIDI = "int a; /* \u202e } \u2066if (x)\u2069 \u2066 */\n".encode()
RUNS = {
    "a Makefile that runs": Hostile(
        lambda: mail(new("mm/new/Makefile", b"X := " + TRAP + b"\nobj-$(X) += x.o\n")),
        Exit.PROVED,
        "is not run",
        VERIFY,
    ),
    "a Kconfig that runs": Hostile(
        lambda: mail(
            new(
                "mm/Kconfig.new",
                b"config Y\n\tdef_bool " + TRAP.replace(b"shell ", b"shell,") + b"\n",
            )
        ),
        Exit.PROVED,
        "",
        VERIFY,
    ),
    "a .kpt-config that weakens": Hostile(
        lambda: mails(new(".kpt-config", WEAKER), new("mm/bidi.c", BIDI)),
        Exit.REFUTED,
        "hidden-characters",
        VERIFY,
    ),
    "a .gitattributes that filters": Hostile(
        lambda: mails(new(".gitattributes", b"* filter=owned diff=owned merge=owned\n"), CHANGE),
        Exit.PROVED,
        "branch made: 2 commits",
        ONTO,
        repository=True,
    ),
    "a .gitmodules that runs": Hostile(
        lambda: mail(
            new(
                ".gitmodules",
                b'[submodule "a"]\n\tpath = a\n\turl = ext::sh -c "touch ../../outside/owned"\n'
                b"\tupdate = !touch ../../outside/owned\n",
            )
        ),
        Exit.PROVED,
        "branch made: 1 commits",
        ONTO,
        repository=True,
    ),
    "characters that turn code around": Hostile(
        lambda: mail(new("mm/bidi.c", BIDI)), Exit.REFUTED, "U+202E", VERIFY
    ),
    "characters that are not shown": Hostile(
        lambda: mail(new("mm/bidi.c", "int a\u200b;\n".encode())), Exit.PROVED, "U+200B", VERIFY
    ),
    "a title that goes on as a diff": Hostile(
        lambda: FOLDED.replace(b"mm: x", FORGED),
        Exit.PROVED,
        "0001-x-",
        RECOVER,
        writes=frozenset({"0001-x-diff-git-a-mm-y.c-b-mm-y.c.patch"}),
    ),
    "a title that is a path": Hostile(
        lambda: FOLDED.replace(b"[PATCH] mm: x", b"../../../outside/owned"),
        Exit.PROVED,
        "0001-",
        RECOVER,
        writes=frozenset({"0001-..-..-..-outside-owned.patch"}),
    ),
    "a quilt series that leaves its folder": quilt(b"../../outside/secret"),
    "a quilt series of an absolute path": quilt(b"/etc/passwd"),
    "a quilt series of a pipe": quilt(b"pipe"),
    "C nested without end": Hostile(
        lambda: mail(
            new("mm/deep.c", b"int a = " + b"(" * 100_000 + b"1" + b")" * 100_000 + b";\n")
        ),
        Exit.PROVED,
        "",
        VERIFY,
    ),
    "blocks nested without end": Hostile(
        lambda: mail(new("mm/deep.c", b"void f(void)\n" + b"{\n" * 10_000 + b"}\n" * 10_000)),
        Exit.PROVED,
        "",
        VERIFY,
    ),
    "#if lines without end": Hostile(
        lambda: mail(
            new(
                "mm/deep.c",
                b"".join(b"#ifdef CONFIG_A%d\n" % n for n in range(2_000))
                + b"int a;\n"
                + b"#endif\n" * 2_000,
            )
        ),
        Exit.PROVED,
        "",
        VERIFY,
    ),
    "a macro that doubles": Hostile(
        lambda: mail(
            new(
                "mm/deep.c",
                b"#define M0(a) a a\n"
                + b"".join(b"#define M%d(a) M%d(a) M%d(a)\n" % (n + 1, n, n) for n in range(60))
                + b"M60(int f(int a);)\n",
            )
        ),
        Exit.PROVED,
        "",
        VERIFY,
    ),
}
HOSTILE = {**PATHS, **LINKED, **COUNTS, **MIME, **BINARIES, **RUNS}
