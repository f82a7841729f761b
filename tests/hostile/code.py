"""What would run, weaken or forge something where it is read: code, configuration, titles."""

from kpatch_tools.errors import Exit
from tests.hostile.case import (
    CHANGE,
    HEAD,
    ONTO,
    RECOVER,
    VERIFY,
    Hostile,
    mail,
    mails,
    new,
)


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
        lambda: mail(new("mm/bidi.c", "int a\u200b;\n".encode())), Exit.INCOMPLETE, "U+200B", VERIFY
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
                b"".join(b"#ifdef CONFIG_A%d\n" % n for n in range(1_000))
                + b"int a;\n"
                + b"#endif\n" * 1_000,
            )
        ),
        Exit.PROVED,
        "",
        VERIFY,
    ),
}
