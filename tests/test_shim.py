"""The shim against the kernel it stands for: gcc and linux-mini decide."""

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

from test_fixtures import MINI

from kpatch_tools.resources import package_folder

SHIM = Path(str(package_folder("modelcheck/shim")))
OURS = ("stubbed", "customised", "types")
# int try_to_unmap(struct page *page, enum ttu_flags flags)
# {
FUNCTION = re.compile(r"^(?P<head>[a-z][^;{}=#/]*?\b(?P<name>\w+)\([^;{}]*\))\n\{", re.M)
AUTOCONF = "".join(
    f"#define CONFIG_{value}\n"
    for value in (
        "MMU 1",
        "SMP 1",
        "HZ 250",
        "MIGRATION 1",
        "COMPACTION 1",
        "MEMORY_BALLOON 1",
        "BALLOON_COMPACTION 1",
    )
)
# of types that linux-mini has no use for, prototypes need the names only
MORE_TYPES = """
#define SHIM_TRUTH int
#define SHIM_COUNTED
typedef struct { s64 counter; } atomic64_t;
typedef struct { atomic_t refs; } refcount_t;
typedef struct raw_spinlock raw_spinlock_t;
typedef struct shim_rwlock rwlock_t;
typedef long ssize_t;
"""
ELSE = re.compile(r"^#else\n.*?^#endif\n", re.M | re.S)
MACRO = re.compile(r"^#define (\w+)", re.M)


def shim_text(kind: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(SHIM.glob(f"{kind}*.h")))


def names(text: str) -> list[str]:
    return [match["name"] for match in FUNCTION.finditer(text)] + MACRO.findall(text)


def test_a_name_stands_in_one_place_only() -> None:
    """In one arm of an #if, that is: its #else has the name for other kernels."""
    texts = (ELSE.sub("", shim_text(kind)) for kind in OURS)
    found = Counter(name for text in texts for name in names(text))
    assert [name for name, count in found.items() if count > 1] == []


def test_what_is_stubbed_is_a_macro_without_a_call() -> None:
    """A stub has no effect; whatever needs a function of its own is customised."""
    text = shim_text("stubbed")
    assert FUNCTION.findall(text) == []
    assert re.findall(r"\b(?:eng|shim)_\w+", text) == []


def test_functions_have_the_prototypes_of_the_kernel(tmp_path: Path) -> None:
    headers = sorted(path.relative_to(MINI / "include") for path in MINI.rglob("include/linux/*.h"))
    heads = {m["name"]: m["head"] for m in FUNCTION.finditer(shim_text("customised"))}
    theirs = {name: head for name, head in heads.items() if not name.startswith("shim_")}
    lines = [f"#include <{header}>" for header in headers]
    lines.append(MORE_TYPES)
    lines += [f"#undef {name}\n{head};" for name, head in theirs.items()]
    (tmp_path / "x.c").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "autoconf.h").write_text(AUTOCONF, encoding="utf-8")
    command = ["gcc", "-fsyntax-only", "-std=gnu11", "-w", "-fmax-errors=0", "-nostdinc", "x.c"]
    command += [f"-I{tmp_path}", f"-I{MINI / 'include'}", f"-I{MINI / 'include/uapi'}"]
    command += ["-include", "linux/kconfig.h", '-DKBUILD_MODNAME="module"']
    plain = os.environ | {"LC_ALL": "C"}
    run = subprocess.run(command, cwd=tmp_path, env=plain, capture_output=True, text=True)
    assert len(theirs) > 40
    assert [line for line in run.stderr.splitlines() if "error" in line] == []
