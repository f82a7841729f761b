"""Are patches that want out contained? Each as a series through `kpt verify` with the model.

    python tests/benchmarks/hostile_patches.py [--only NAME] [--show]

Each patch puts hostile text into a function that the scenario balloon-lifecycle
runs (or into the Kconfig or Makefile beside it) of a copy of
fixtures/trees/linux-mini. A secret lies in the tree's parent folder and where
HOME is; the series runs with a standard input that must not be read.

*contained*: kpt ends by itself with a documented exit code within LIMIT
seconds, prints no traceback and nothing of the secret, no file stands there
that did not before (temporary ones too), and no process of its own is left. *outcome* is what the
report says of the model after the patch.
"""

import argparse
import contextlib
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MINI = ROOT / "fixtures" / "trees" / "linux-mini"
DRIVER = "drivers/virtio/virtio_balloon.c"
SECRET = "the-secret-of-this-machine"
LIMIT = 150
EXITS = {0, 1, 3, 4, 5}
SUBJECT = "static unsigned leak_balloon("
FIRST_LINE = "\tvb->num_pfns = 0;"
SCENARIO = "balloon-lifecycle"


@dataclass(frozen=True, slots=True)
class Hostile:
    """`before` the subject function, `inside` it, or `appended` to a file of the tree."""

    before: str = ""
    inside: str = ""
    file: str = DRIVER
    appended: str = ""


def bomb(depth: int) -> str:
    lines = ["#define B0 1 +"]
    lines += [f"#define B{n} " + f"B{n - 1} " * 10 for n in range(1, depth)]
    return "\n".join(lines)


PATCHES = {
    "constructor": Hostile(
        "static void __attribute__((constructor)) early(void)\n{\n\t__builtin_trap();\n}\n",
        "\tearly();",
    ),
    "assembly": Hostile(inside='\t__asm__ volatile("mov $57, %eax; syscall");'),
    "assembly at top level": Hostile(
        '__asm__(".globl x\\nx: .byte 0");\nextern char x;\n', "\tx = 1;"
    ),
    "include of a secret": Hostile('#include "../../../secret"\n'),
    "include by absolute path": Hostile('#include "{outside}/secret"\n'),
    "computed include": Hostile('#define WHERE "{outside}/secret"\n#include WHERE\n'),
    "incbin in a section": Hostile(
        "static char taken[] __attribute__((section("
        '".data\\n.incbin \\"{outside}/secret\\"\\n#")));\n',
        "\ttaken[0] = 1;",
    ),
    "question about files": Hostile(
        '#if __has_include("{outside}/secret")\n#define THERE 1\n#endif\n',
        "\tvb->num_pfns = THERE;",
    ),
    "_Pragma": Hostile(inside='\t_Pragma("GCC dependency \\"{outside}/secret\\"")'),
    "pragma": Hostile("#pragma GCC optimize (0)\n"),
    "cleanup": Hostile(
        "static void after(int *unused)\n{\n\t__builtin_trap();\n}\n",
        "\tint left __attribute__((cleanup(after)));",
    ),
    "ifunc": Hostile(
        "static void *chosen(void)\n{\n\t__builtin_trap();\n}\n"
        'void taken(void) __attribute__((ifunc("chosen")));\n',
        "\ttaken();",
    ),
    "section": Hostile(
        'static int placed __attribute__((section(".preinit_array"))) = 1;\n', "\tplaced = 2;"
    ),
    "alias of the engine": Hostile(
        'void eng_fail_not(void) __attribute__((alias("eng_fail")));\n', "\teng_fail_not();"
    ),
    "statement expression with assembly": Hostile(
        inside='\tvb->num_pfns = ({ __asm__("syscall"); 0; });'
    ),
    "pasted assembly": Hostile("#define PASTE(a, b) a##b\n", '\tPASTE(a, sm)("syscall");'),
    "raw string": Hostile(inside='\tconst char *s = R"(x)";\n\tvb->num_pfns = s[0];'),
    "builtin that jumps": Hostile("static void *place[5];\n", "\t__builtin_longjmp(place, 1);"),
    "nested function": Hostile(
        inside="\tint inner(int n) { return n + num; }\n\tint (*f)(int) = inner;\n\tnum = f(1);"
    ),
    "endless loop": Hostile(inside="\twhile (1)\n\t\t;"),
    "endless loop over shared memory": Hostile(inside="\twhile (1)\n\t\tvb->num_pfns++;"),
    "stack bomb": Hostile(
        "static int deeper(int n)\n{\n\tchar room[4096];\n\n\troom[n & 7] = n;\n"
        "\treturn deeper(n + 1) + room[3];\n}\n",
        "\tnum = deeper(num);",
    ),
    "memory bomb": Hostile(inside="\twhile (kmalloc(4096, 0))\n\t\t;"),
    "huge global": Hostile("static char huge[1UL << 40];\n", "\thuge[num] = 1;"),
    "fork": Hostile("int fork(void);\n", "\tfork();"),
    "ptrace": Hostile("long ptrace(int, int, void *, void *);\n", "\tptrace(0, 0, 0, 0);"),
    "system": Hostile("int system(const char *);\n", '\tsystem("touch {outside}/touched");'),
    "signal to the engine": Hostile(inside="\t*(volatile int *)0 = 1;"),
    "write to a descriptor": Hostile(
        "long write(int, const void *, unsigned long);\n", '\twrite(1, "{}", 2);'
    ),
    "write through the engine's memory": Hostile(inside="\t*(volatile long *)0x400000 = 1;"),
    "huge enum": Hostile(
        "enum huge {\n" + "".join(f"\tHUGE_{n},\n" for n in range(200_000)) + "};\n",
        "\tvb->num_pfns = HUGE_7;",
    ),
    "macro bomb": Hostile(bomb(12) + "\n", "\tvb->num_pfns = B11 0;"),
    "string bomb": Hostile(
        f'static const char large[] = "{"a" * 4_000_000}";\n', "\tvb->num_pfns = large[0];"
    ),
    "line of another file": Hostile('#line 1 "{outside}/secret"\n', "\tvb->num_pfns = undeclared;"),
    "error text": Hostile('#error "\x1b[2J\x1b]0;owned\x07"\n'),
    "Makefile that runs": Hostile(
        file="drivers/virtio/Makefile", appended="X := $(shell touch {outside}/touched)\n"
    ),
    "Kconfig that runs": Hostile(
        file="drivers/virtio/Kconfig",
        appended="config X\n\tdef_bool $(shell,touch {outside}/touched)\n",
    ),
    "Kconfig that includes itself": Hostile(
        file="drivers/virtio/Kconfig", appended='source "drivers/virtio/Kconfig"\n'
    ),
}


def changed(text: str, hostile: Hostile, outside: Path) -> str:
    def placed(part: str) -> str:
        return part.replace("{outside}", str(outside))

    if hostile.before:
        text = text.replace(SUBJECT, f"{placed(hostile.before)}\n{SUBJECT}", 1)
    if hostile.inside:
        text = text.replace(FIRST_LINE, f"{FIRST_LINE}\n{placed(hostile.inside)}", 1)
    return text + placed(hostile.appended)


def as_mail(path: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}"
    )
    head = "From: A Stranger <stranger@kpt.invalid>\nSubject: [PATCH] balloon: improve\n"
    return f"{head}\nBetter.\n---\ndiff --git a/{path} b/{path}\n{''.join(lines)}-- \n2.39\n"


def files_under(folder: Path) -> dict[str, int]:
    return {
        str(path): path.stat().st_mtime_ns
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "cache" not in path.parts
    }


def left_running(folder: Path) -> list[str]:
    """Processes that work in the folder, which holds kpt's temporary ones too."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink().is_relative_to(folder):
                found.append(link.parent.name)
    return found


def tried(hostile: Hostile, show: bool) -> tuple[str, str, float]:
    """contained or what is wrong, the outcome, seconds."""
    with tempfile.TemporaryDirectory(prefix="kpt-hostile-") as name:
        outside = Path(name)
        tree = outside / "a" / "tree"
        shutil.copytree(MINI, tree)
        (outside / "secret").write_text(f"#define {SECRET.replace('-', '_')} {SECRET}\n{SECRET}\n")
        old = (tree / hostile.file).read_text()
        series = outside / "series.mbox"
        series.write_text(as_mail(hostile.file, old, changed(old, hostile, outside)))
        before = files_under(outside)
        started = time.monotonic()
        done, ended = _run(series, tree, outside)
        seconds = time.monotonic() - started
        wrong = []
        if not ended:
            wrong.append("did not end")
        elif done.returncode not in EXITS:
            wrong.append(f"exit {done.returncode}")
        text = (done.stdout or b"") + (done.stderr or b"")
        if b"Traceback" in text:
            wrong.append("traceback")
        if SECRET.encode() in text:
            wrong.append("the secret is told")
        if b"\x1b" in text:
            wrong.append("an escape sequence is printed")
        if files_under(outside) != before:
            wrong.append("files were changed")
        if left_running(outside):
            wrong.append("a process is left")
        if show:
            print(text.decode(errors="replace"))
        return "; ".join(wrong) or "contained", outcome(done.stdout), seconds


def _run(series: Path, tree: Path, home: Path) -> tuple[subprocess.CompletedProcess[bytes], bool]:
    kpt = Path(sys.executable).parent / "kpt"
    command = [str(kpt), "verify", str(series), "--tree", str(tree), "--model", SCENARIO]
    environment = {**os.environ, "HOME": str(home), "KPT_CACHE": "off", "TMPDIR": str(home)}
    try:
        done = subprocess.run(
            [*command, "--format", "json"], env=environment, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1), False
    return done, True


def outcome(printed: bytes | None) -> str:
    """What the model said after the patch, in a few words."""
    try:
        report = json.loads(printed or b"")
    except ValueError:
        return "no report"
    said = [run for run in report["model"] if run["tree"] == "after"]
    lines = [
        f"{run['outcome']}: {run['invariant'] or (run['limits'] or [''])[0]}"
        for run in said
        if run["outcome"] != "held"
    ]
    return "; ".join(lines)[:110] or ("held" if said else "not run")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=sorted(PATCHES))
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    good = 0
    chosen = {asked.only: PATCHES[asked.only]} if asked.only else PATCHES
    for name, hostile in chosen.items():
        verdict, said, seconds = tried(hostile, asked.show)
        good += verdict == "contained"
        print(f"{name:36} {seconds:6.1f} s  {verdict}: {said}", flush=True)
    print(f"{good} of {len(chosen)} contained")
    sys.exit(good != len(chosen))


if __name__ == "__main__":
    main()
