"""Prototypes of shim and tree: gcc says whether two declarations agree."""

import subprocess

import pytest
from small_models import built, request

from kpatch_tools.domain import Drift, Place
from kpatch_tools.modelcheck.extract import Model, TreeState, Workspace, extract
from tests.memory_tree import MemoryTree

TYPES = """
struct item { int count; };
struct other { int count; };
typedef unsigned long word_t;
typedef word_t flags_t;
typedef struct { int counter; } atom_t;
typedef struct item item_t;
typedef int (*actor_t)(struct item *, int);
typedef _Bool bool;
enum mode { FAST, SLOW };
"""
# the shim's declaration, and the tree's
PAIRS = (
    ("int far(struct item *item)", "int far(struct item *)"),
    ("int far(struct item *item)", "extern signed far(struct item items[2])"),
    ("int far(struct item *item)", "int far(item_t *item)"),
    ("int far(struct item *item)", "int far(const struct item *item)"),
    ("int far(struct item *item)", "int far(struct item *const item)"),
    ("int far(struct item *item)", "int far(struct other *item)"),
    ("int far(struct item *item)", "int far(struct item **item)"),
    ("int far(struct item *item)", "int far(struct item *item, int flags)"),
    ("int far(struct item *item)", "int far(struct item *item, ...)"),
    ("int far(struct item *item)", "bool far(struct item *item)"),
    ("int far(struct item *item)", "void far(struct item *item)"),
    ("int far(struct item *item)", "unsigned far(struct item *item)"),
    ("int far(void)", "int far(void)"),
    ("int far(void)", "int far(int none)"),
    ("long far(flags_t f)", "long int far(unsigned long f)"),
    ("long far(flags_t f)", "long far(unsigned int f)"),
    ("long far(flags_t f)", "long far(long unsigned int f)"),
    ("void far(const atom_t *v)", "void far(const atom_t *v)"),
    ("void far(const atom_t *v)", "void far(const volatile atom_t *v)"),
    ("void far(actor_t actor)", "void far(int (*actor)(struct item *item, int n))"),
    ("void far(actor_t actor)", "void far(int (*actor)(struct item *item, long n))"),
    ("void far(actor_t actor)", "void far(int actor(struct item *, int))"),
    ("void far(enum mode mode)", "void far(enum mode mode)"),
    ("void *far(char *text)", "void *far(signed char *text)"),
    ("void *far(char *text)", "void const *far(char *text)"),
)


def conflicting(one: str, other: str) -> bool:
    """Whether gcc refuses the two in one file."""
    command = ["gcc", "-std=gnu11", "-fsyntax-only", "-x", "c", "-"]
    text = f"{TYPES}\n{one};\n{other};\n"
    return subprocess.run(command, input=text, text=True, capture_output=True).returncode != 0


def model(ours: str, theirs: str, call: str) -> Model:
    files = {
        "include/linux/far.h": f"{TYPES}{theirs}\n",
        "dev.c": f"#include <linux/far.h>\nvoid run(void) {{ {call}; }}\n",
    }
    wanted = request({"dev.c": ("run",)}, shim={"kpt:shim/customised.h": ours.encode()})
    return built(extract(TreeState(MemoryTree(files)), wanted, Workspace()))


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_prototypes_agree_where_gcc_takes_both(ours: str, theirs: str) -> None:
    found = model(f"{ours} {{ for (;;) ; }}\n", f"{theirs};", "(void)&far").extraction
    assert [(drift.name, drift.doubt) for drift in found.drifts] == [("far", "")] * conflicting(
        ours, theirs
    )


def test_a_drift_shows_both_and_where_they_stand() -> None:
    found = model("int far(int n) { return n; }\n", "static inline long far(int n);", "far(1)")
    line = TYPES.count("\n") + 1
    assert found.extraction.drifts == (
        Drift(
            "far",
            Place("include/linux/far.h", line),
            "long far(int n)",
            Place("kpt:shim/customised.h", 1),
            "int far(int n)",
        ),
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "drifts", "counted"),
    [
        ("#define far(a) 1", "int far(int a);", [], ("far",)),
        ("#define far(...) 1", "int far(int a);", [], ("far",)),
        ("#define far(a, b) 1", "int far(int a, int b, int c);", [("far", "")], ("far",)),
        ("int far(int a) { return a; }", "#define far(a) (a)", [], ("far",)),
        ("int far(int a) { return a; }", "#define far(a, b) (a)", [("far", "")], ("far",)),
        ("int far(int a) { return a; }", "#define near(a) (a)\n#define far near", [], ("far",)),
    ],
)
def test_of_a_macro_the_parameters_are_counted(
    ours: str, theirs: str, drifts: list[tuple[str, str]], counted: tuple[str, ...]
) -> None:
    call = "far(1, 2)" if "a, b)" in ours else "far(1)"
    found = model(ours + "\n", theirs, call).extraction
    assert [(drift.name, drift.doubt) for drift in found.drifts] == drifts
    assert found.counted == counted


@pytest.mark.parametrize(
    ("theirs", "doubt"),
    [
        ("int far();", "its declaration is not understood"),
        ("int far(__typeof__(1 + 1) a);", "its declaration is not understood"),
        ("int near(int a);\n#define far (near)", "a macro stands for it that takes no parameters"),
    ],
)
def test_what_cannot_be_compared_is_said(theirs: str, doubt: str) -> None:
    found = model("int far(int a) { return a; }\n", theirs, "far(1)").extraction
    assert [(drift.name, drift.doubt) for drift in found.drifts] == [("far", doubt)]
