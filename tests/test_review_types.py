"""Whether two types are one, with gcc as the truth: it takes both declarations of one function."""

import subprocess

import pytest

from kpatch_tools.csource.declarations import declarations
from kpatch_tools.domain import Signature, Symbol
from kpatch_tools.review.typedefs import typedefs_of
from kpatch_tools.review.types import function_type, same

HEADER = """
typedef _Bool bool;
typedef unsigned int u32;
typedef u32 mode_t;
typedef struct item item_t;
typedef int (*actor_t)(struct item *item, mode_t mode);
typedef struct { int value; } atomic_t;
typedef struct { int value; } other_t;
struct item { int count; };
struct thing { int count; };
enum side { LEFT, RIGHT };
"""
PAIRS = [
    ("unsigned", "unsigned int"),
    ("long unsigned int", "unsigned long"),
    ("long long", "signed long long int"),
    ("char", "signed char"),
    ("int", "long"),
    ("u32", "unsigned int"),
    ("mode_t", "u32"),
    ("mode_t", "int"),
    ("bool", "_Bool"),
    ("bool", "int"),
    ("const int", "int"),
    ("struct item *", "item_t *"),
    ("struct item *", "struct thing *"),
    ("struct item *", "const struct item *"),
    ("const struct item *", "struct item const *"),
    ("struct item *const", "struct item *"),
    ("struct item *", "struct item **"),
    ("struct item *", "void *"),
    ("struct item", "struct thing"),
    ("struct item *", "unsigned long"),
    ("int [4]", "int *"),
    ("int (*)(struct item *, u32)", "actor_t"),
    ("int (*)(struct item *, int)", "actor_t"),
    ("int (struct item *, u32)", "actor_t"),
    ("void (*)(void)", "void (*)(int)"),
    ("int (*)(const char *, ...)", "int (*)(const char *)"),
    ("int (*)[4]", "int (*)[4]"),
    ("int *(*)(void)", "int (*)(void)"),
    ("enum side", "int"),
    ("enum side", "enum side"),
    ("atomic_t *", "atomic_t *"),
]


class Seen:
    """Every declaration of one text."""

    def __init__(self, text: str) -> None:
        self._found = declarations("a.h", text.encode())

    def declared(self, path: str, name: str) -> tuple[Symbol, ...]:
        return tuple(symbol for symbol in self._found if symbol.name == name)

    searched = declared

    def unresolved(self, path: str) -> tuple[str, ...]:
        return ()

    def doubts(self, path: str, name: str) -> tuple[()]:
        return ()


def told(one: str, other: str, header: str = HEADER) -> bool | None:
    typedefs = typedefs_of("a.c", Seen(header))
    left, right = (function_type(Signature("int", (each,)), typedefs) for each in (one, other))
    return same(left, right)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_told_as_gcc_tells(one: str, other: str) -> None:
    parameters = (each.replace("int (struct", "int (*)(struct") for each in (one, other))
    run = subprocess.run(
        ["gcc", "-fsyntax-only", "-x", "c", "-"],
        input=HEADER + "".join(f"int f(typeof({each}));" for each in parameters),
        capture_output=True,
        text=True,
        check=False,
    )
    # which integer type an enum has is for the compiler to choose
    expected = None if {one, other} == {"enum side", "int"} else run.returncode == 0
    assert told(one, other) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("u64", "unsigned long"),
        ("made_t *", "struct item *"),
        ("atomic_t", "other_t"),
        ("struct renamed *", "struct item *"),
        ("size_t", "unsigned int"),
        ("typeof(int)", "int"),
    ],
)
def test_nothing_is_claimed_of_what_sight_does_not_explain(one: str, other: str) -> None:
    more = """
#define made_t struct item
#define renamed item
#ifdef CONFIG_WIDE
typedef unsigned long size_t;
#else
typedef unsigned int size_t;
#endif
"""
    assert told(one, other, HEADER + more) is None
