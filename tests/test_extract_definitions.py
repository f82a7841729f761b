"""What file-scope C defines: expectations stand on the line as `/* kind name, kind name */`."""

import re
import subprocess
from pathlib import Path

import pytest
from memory_tree import MemoryTree

from kpatch_tools.modelcheck.extract.definitions import definitions
from kpatch_tools.modelcheck.extract.items import cut
from kpatch_tools.modelcheck.extract.macros import Macro
from kpatch_tools.modelcheck.extract.members import member_names, pruned
from kpatch_tools.modelcheck.extract.source import read_source
from kpatch_tools.modelcheck.extract.walk import Reader, Settings, translate

# ruff: noqa: E501  # the expectations stand on the lines
SOURCE = r"""
int f(void) { return 0; }  /* function f */
static inline struct page *g(int a, ...) { char *s = "}"; return 0; }  /* function g */
static __always_inline int __must_check h(void) { return '{'; }  /* function h */
int __attribute__((noinline)) k(int (*callback)(void)) { return callback(); }  /* function k */
__printf(1, 2) int said(const char *, ...);  /* invocation , prototype said */
extern void p(struct list_head *head) __acquires(lock);  /* prototype p */
asmlinkage long sys_x(int fd) __attribute__((alias("y")));  /* prototype sys_x */
static const struct ops ops = { .run = f, .text = "a;b" };  /* variable ops */
static struct ops *first, second, third[4];  /* variable first, variable second, variable third */
int (*hook)(int) = f;  /* variable hook */
struct dentry *walk(struct inode *i, int (*get)(int), void *data);  /* prototype walk */
extern struct mm init_mm;  /* declaration init_mm */
extern unsigned long __mask;  /* declaration __mask */
extern int level __read_mostly;  /* declaration level */
static int marks[] = { [0] = 1, };  /* variable marks */
typedef unsigned long pfn_t;  /* typedef pfn_t */
typedef __u16 __bitwise __le16;  /* typedef __le16 */
typedef int (*compare_t)(const void *, const void *);  /* typedef compare_t */
typedef void (release_t)(struct page *);  /* typedef release_t */
typedef struct { int x; } anon_t;  /* typedef anon_t */
typedef struct tagged { int x; } tagged_t, *tagged_p;  /* struct tagged, typedef tagged_t, typedef tagged_p */
__extension__ typedef unsigned long long u64;  /* typedef u64 */
struct page;
struct page { unsigned long flags; struct { int a; } in; };  /* struct page */
struct outer { struct inner { int a; } inner; enum kind { K1, K2 } kind; };  /* struct outer, struct inner, enum kind, enumerator K1, enumerator K2 */
union both { int a; char b; } __packed;  /* union both */
struct wide { int a; } ____cacheline_aligned_in_smp;  /* struct wide */
struct named { int a; } instance = { 1 };  /* struct named, variable instance */
static struct { int a; } lonely;  /* variable lonely */
enum colour { RED, GREEN = 3, BLUE = MAX(1, 2) };  /* enum colour, enumerator RED, enumerator GREEN, enumerator BLUE */
enum { FIRST, SECOND };  /* enumerator FIRST, enumerator SECOND */
DEFINE_MUTEX(lock);  /* invocation */
static DEFINE_SPINLOCK(other);  /* invocation */
EXPORT_SYMBOL(f);  /* invocation */
FLAG(A, a) FLAG(B, b)  /* invocation , invocation */
module_init(start);  /* invocation */
int odd(a, b) { return 0; }  /* function odd */
int (f2)(void);
"""


def shown(source: str) -> dict[int, str]:
    """Line -> what is defined there, in the notation of the comments."""
    found: dict[int, list[str]] = {}
    for item in cut(read_source("x.c", source.encode()).text):
        for definition in definitions(item, "x.c"):
            if definition.name or definition.kind == "invocation":
                text = f"{definition.kind} {definition.name}"
                found.setdefault(definition.line, []).append(text)
    return {line: ", ".join(texts).strip() for line, texts in found.items()}


def test_everything_at_file_scope_is_found_by_kind_and_name() -> None:
    lines = SOURCE.split("\n")
    expected = {
        number: match[1].strip()
        for number, line in enumerate(lines, 1)
        if (match := re.search(r"/\* (.*) \*/$", line))
    }
    assert shown(SOURCE) == expected


def test_lines_stay_where_a_continued_line_was() -> None:
    source = "int x = \\\n\t1;\n/* two\nlines */ int\nf(void)\n{\n}\nint g(void) { return x; }\n"
    assert shown(source) == {1: "variable x", 4: "function f", 8: "function g"}


STRUCT = """struct page {
	unsigned long flags;
	union {
		struct { void *mapping; int index; };
		struct { int a, b; long *c[2]; } slab;
		void (*free)(struct page *, int n);
	};
	struct list_head lru;
	unsigned int order:4, type:2;
	DECLARE_BITMAP(map, 64);
};"""


def nothing(name: str) -> Macro | None:
    return None


def bitmap(name: str) -> Macro | None:
    macro = Macro("DECLARE_BITMAP", ("name", "bits"), "unsigned long name[1]", "x.h", 1)
    return macro if name == macro.name else None


def test_every_member_has_a_name_however_deep() -> None:
    assert member_names(STRUCT, bitmap) == {
        *("flags", "mapping", "index", "a", "b", "c", "slab", "free", "lru", "order", "type", "map")
    }


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"lru"}, "struct page { struct list_head lru; };"),
        ({"index"}, "struct page { union { struct {int index; }; }; };"),
        ({"b"}, "struct page { union { struct { int a, b;} slab; }; };"),
        ({"free"}, "struct page { union { void (*free)(struct page *, int n); }; };"),
        ({"type"}, "struct page { unsigned int order:4, type:2; };"),
        ({"map"}, "struct page { unsigned long map[1]; };"),
        (set(), "struct page { };"),
    ],
)
def test_pruned_struct_has_the_wanted_members_only(wanted: set[str], kept: str) -> None:
    text = pruned(STRUCT, frozenset(wanted), bitmap)
    assert "".join(text.split()) == "".join(kept.split())


def test_pruning_keeps_the_lines() -> None:
    text = pruned(STRUCT, frozenset({"lru"}), nothing)
    assert text.split("\n")[7] == "\tstruct list_head lru;"


TREE = {
    "include/linux/kconfig.h": "#define IS_ENABLED(x) x\n",
    "include/linux/a.h": "#ifndef A_H\n#define A_H\n#include <linux/b.h>\nint a;\n#endif\n",
    "include/linux/b.h": "#ifndef B_H\n#define B_H\n#include <linux/a.h>\nint b;\n#endif\n",
    "include/asm-generic/c.h": "int c;\n",
    "include/uapi/linux/u.h": "int u;\n",
    "include/linux/once.h": "#pragma once\nint once_or_twice(void);\n",
    "dev/local.h": "int local;\n#define HERE 1\n",
    "dev/dev.c": """
#include <linux/a.h>
#include <linux/a.h>
#include <asm/c.h>
#include "local.h"
#define WHERE <linux/u.h>
#include WHERE
#if defined(HERE) && HERE == 1
int one;
# if 0
int two;
# elif 1
int three;
# else
int four;
# endif
#elif HERE
int five;
#else
int six;
#endif
#ifdef CONFIG_OFF
int seven;
#else
int eight;
#endif
#ifndef CONFIG_ON
int nine;
#endif
#if IS_ENABLED(CONFIG_ON) && !IS_ENABLED(CONFIG_OFF)
int ten;
#endif
#undef HERE
#ifdef HERE
int eleven;
#endif
/*
#if 1
*/
int twelve; // #else
const char *s = "/* not a comment"; int thirteen; /* " */
""",
}


def active(files: dict[str, str]) -> str:
    """All active text of dev/dev.c with CONFIG_ON set, blanks dropped."""
    on = Macro("CONFIG_ON", None, "1", "", 1)
    settings = Settings("x86", {"CONFIG_ON": on}, nothing)
    found = translate(Reader(MemoryTree(files), {}), "dev/dev.c", settings)
    return "".join(sorted("".join(chunk.text.split()) for chunk in found.chunks))


def test_active_text_is_what_the_preprocessor_leaves(tmp_path: Path) -> None:
    for path, text in TREE.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (tmp_path / "include/asm").symlink_to("asm-generic")
    command = ["gcc", "-std=c11", "-E", "-P", "-nostdinc", "-DCONFIG_ON=1", "-DIS_ENABLED(x)=x"]
    command += ["-Iinclude", "-Iinclude/uapi", "dev/dev.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    declared = re.findall(r"int\w+;", "".join(done.stdout.split()))
    found = re.findall(r"int\w+;", active(TREE).replace("\x01", ""))
    assert sorted(found) == sorted(declared)


def test_header_that_nobody_has_is_remembered() -> None:
    files = {"dev/dev.c": "#include <generated/x.h>\n#include <../../etc/passwd>\nint a;\n"}
    found = translate(Reader(MemoryTree(files), {}), "dev/dev.c", Settings("x86", {}, nothing))
    assert found.unresolved == ("../../etc/passwd", "generated/x.h")


def test_condition_of_unknown_value_is_remembered() -> None:
    files = {"dev/dev.c": "#if sizeof(long) == 8\nint a;\n#endif\n#error no\n"}
    found = translate(Reader(MemoryTree(files), {}), "dev/dev.c", Settings("x86", {}, nothing))
    assert found.doubtful == ("#error no", "sizeof(long) == 8")
