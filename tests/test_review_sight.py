"""Which declarations a file may see, and in which configurations it sees none."""

from itertools import pairwise

import pytest

from kpatch_tools.condition import FALSE, Atom, all_of, any_of, negate, show
from kpatch_tools.domain import Place, Symbol
from kpatch_tools.review.cover import certain, outside, uncovered
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.sight import FileSight
from tests.memory_tree import MemoryTree

FILES = {
    "arch/x86/Kconfig": "",
    "arch/x86/include/asm/page.h": "#include <asm-generic/page.h>\nint x86_page;\n",
    "arch/arm/include/asm/page.h": "int arm_page;\n",
    "include/asm-generic/page.h": "int generic_page;\n",
    "include/asm-generic/only.h": "int generic_only;\n",
    "include/linux/mm.h": (
        "#include <asm/page.h>\n#include <asm/only.h>\n"
        "#define PAIR(name) int get_##name(void) { return 0; }\nPAIR(fast)\n"
        "#ifdef CONFIG_A\nint guarded;\n#endif\n"
    ),
    "include/uapi/linux/magic.h": "#define MAGIC 1\n",
    "drivers/gpu/card/include/card.h": "int card;\n",
    "drivers/gpu/card/main.c": '#include "card.h"\n#include <linux/magic.h>\nstatic int own;\n',
    "mm/a.c": "#include <linux/mm.h>\nOTHER(slow, 1);\nint a(void)\n{\n\tint local;\n}\n",
    "include/linux/unseen.h": "int unseen;\n",
    "arch/arm/mach-one/include/mach/uart.h": "int arm_uart;\n",
    "arch/mips/mach-two/include/mach/uart.h": "int mips_uart;\n",
    "tools/include/mach/host.h": "int host_uart;\n",
    "arch/arm/boards/board.c": "#include <mach/uart.h>\n",
    "drivers/uart.c": "#include <mach/uart.h>\n#include <mach/host.h>\n",
}


def seen(path: str, name: str, files: dict[str, str] = FILES) -> list[tuple[str, str]]:
    found = FileSight(MemoryTree(files), Reading()).declared(path, name)
    return [(symbol.place.path, show(symbol.condition)) for symbol in found]


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("mm/a.c", "a", [("mm/a.c", "1")]),
        ("mm/a.c", "local", []),
        ("mm/a.c", "guarded", [("include/linux/mm.h", "CONFIG_A")]),
        ("mm/a.c", "x86_page", [("arch/x86/include/asm/page.h", "1")]),
        ("mm/a.c", "arm_page", []),
        ("mm/a.c", "generic_page", [("include/asm-generic/page.h", "1")]),
        ("mm/a.c", "generic_only", [("include/asm-generic/only.h", "1")]),
        ("mm/a.c", "get_fast", [("include/linux/mm.h", "1")]),
        ("mm/a.c", "unseen", []),
        ("drivers/gpu/card/main.c", "card", [("drivers/gpu/card/include/card.h", "1")]),
        ("drivers/gpu/card/main.c", "MAGIC", [("include/uapi/linux/magic.h", "1")]),
        ("drivers/gpu/card/main.c", "own", [("drivers/gpu/card/main.c", "1")]),
        ("arch/arm/boards/board.c", "arm_uart", [("arch/arm/mach-one/include/mach/uart.h", "1")]),
        ("arch/arm/boards/board.c", "mips_uart", []),
        ("drivers/uart.c", "arm_uart", [("arch/arm/mach-one/include/mach/uart.h", "1")]),
        ("drivers/uart.c", "mips_uart", [("arch/mips/mach-two/include/mach/uart.h", "1")]),
        ("drivers/uart.c", "host_uart", []),
    ],
)
def test_declarations_in_sight(path: str, name: str, expected: list[tuple[str, str]]) -> None:
    assert seen(path, name) == expected


def test_name_that_an_unknown_macro_may_make_is_doubted() -> None:
    sight = FileSight(MemoryTree(FILES), Reading())
    doubts = {name: len(sight.doubts("mm/a.c", name)) for name in ("slow_open", "open", "guarded")}
    assert doubts == {"slow_open": 1, "open": 0, "guarded": 0}


@pytest.mark.parametrize(
    ("macro", "doubts"),
    [
        # as `gcc -E` writes FIELD(slow) out
        ("#define FIELD(x) int x ## _field;", 0),
        ("#define FIELD(x) int x ## _open;", 1),
        ("#define FIELD(x) int open_ ## x ## _end;", 0),
        ("#define FIELD(x) INNER(x)\n#define INNER(y) int y##_open;", 1),
        ("#define FIELD(x) INNER(x)\n#define INNER(y) int y##_end;", 0),
        ("#define FIELD(x) int slow_open;", 1),
        (
            "#ifdef CONFIG_A\n#define FIELD(x) x##_a;\n#else\n#define FIELD(x) x##_open;\n#endif",
            1,
        ),
        ("#define FIELD(x) void (*x)(void);", 0),
        ("#define FIELD(...) INNER(__VA_ARGS__)\n#define INNER(y, z...) int y##z;", 0),
        ("#define FIELD(...) INNER(__VA_ARGS__, _open)\n#define INNER(y, z...) int y##z;", 1),
        ("#define FIELD(x) INNER(x, _close)\n#define INNER(y, z) int y##z;", 0),
        ("#define FIELD(x) INNER##1(x, z)\n#define INNER1(y, z) LAST(y, _open)\n"
         "#define LAST(y, z) int y##z;", 1),
        # whichever of its definitions each macro has, and where the other one is the first
        (
            "#ifdef A\n#define FIELD(x)\n#else\n#define FIELD(x) INNER(x, _open)\n#endif\n"
            "#ifdef B\n#define INNER(y, z)\n#else\n#define INNER(a, b) int a##b;\n#endif",
            1,
        ),
        (
            "#ifdef A\n#define END _open\n#else\n#define END _end\n#endif\n"
            "#define FIELD(x) INNER(x, END)\n#define INNER(y, z) ONE(y, z)\n"
            "#define ONE(a, b) int a##b;",
            1,
        ),
        (
            "#define FIELD(x) INNER(x, _, open)\n#define INNER(y, z...) ONE(y, z)\n"
            "#define ONE(a, b, c) int a##b##c;",
            1,
        ),
        (
            "#define FIELD(x) INNER(x, _, end)\n#define INNER(y, z...) ONE(y, z)\n"
            "#define ONE(a, b, c) int a##b##c;",
            0,
        ),
    ],
)  # fmt: skip
def test_a_macro_in_sight_that_cannot_make_the_name_leaves_no_doubt(
    macro: str, doubts: int
) -> None:
    files = {
        "include/linux/field.h": "FIELD(slow)\n",
        "mm/a.c": f"{macro}\n#include <linux/field.h>\nint a(void) {{ return slow_open; }}\n",
    }
    sight = FileSight(MemoryTree(files), Reading())
    assert len(sight.doubts("mm/a.c", "slow_open")) == doubts


@pytest.mark.parametrize(
    ("macro", "doubts"),
    [
        ("#define FIELD(x) int x;", 1),
        ("#define FIELD(x) static typeof(x.limit) y_##x = x.limit;", 1),
        ("#define FIELD(x) static int *limit = &x.limit;", 0),
        ("#define FIELD(x) LIMIT(x->limit, x . count)\n#define LIMIT(y, z) int *p = &y;", 0),
    ],
)
def test_a_macro_that_reads_members_of_a_name_does_not_declare_it(macro: str, doubts: int) -> None:
    files = {
        "include/linux/field.h": f"{macro}\n",
        "mm/a.c": "#include <linux/field.h>\nFIELD(slow_open)\nint a(void) { return 0; }\n",
    }
    sight = FileSight(MemoryTree(files), Reading())
    assert len(sight.doubts("mm/a.c", "slow_open")) == doubts


def test_sight_of_a_changed_tree_is_that_of_a_fresh_one() -> None:
    reading = Reading()
    first = FileSight(MemoryTree(FILES), reading)
    assert first.declared("mm/a.c", "guarded") != ()
    header = FILES["include/linux/mm.h"].replace("CONFIG_A", "CONFIG_B")
    later = {**FILES, "include/linux/mm.h": header + "#include <linux/unseen.h>\n"}
    second = first.changed(MemoryTree(later), frozenset({"include/linux/mm.h"}))
    for name in ("guarded", "unseen", "a", "x86_page"):
        found = [(s.place.path, show(s.condition)) for s in second.declared("mm/a.c", name)]
        assert found == seen("mm/a.c", name, later)


def test_a_folder_that_an_architecture_enters_anew_has_its_headers() -> None:
    files = {**FILES, "arch/arm/Makefile": "", "drivers/arm/a.c": "#include <asm/page.h>\n"}
    entered = {**files, "arch/arm/Makefile": "drivers-y += drivers/arm/\n"}
    first = FileSight(MemoryTree(files), Reading())
    assert first.declared("drivers/arm/a.c", "arm_page") == ()
    second = first.changed(MemoryTree(entered), frozenset({"arch/arm/Makefile"}))
    found = second.declared("drivers/arm/a.c", "arm_page")
    assert [symbol.place.path for symbol in found] == ["arch/arm/include/asm/page.h"]


A, B, OPAQUE = Atom("CONFIG_A"), Atom("CONFIG_B"), Atom("PAGE_SHIFT > 12")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (A, "CONFIG_A"),
        (OPAQUE, "0"),
        (negate(OPAQUE), "0"),
        (any_of(A, OPAQUE), "CONFIG_A"),
        (all_of(A, negate(OPAQUE)), "0"),
        (negate(all_of(A, OPAQUE)), "!CONFIG_A"),
        (all_of(A, Atom("__KERNEL__"), negate(Atom("__ASSEMBLY__"))), "CONFIG_A"),
        (Atom("CONFIG_HZ > 100"), "0"),
        (Atom("ARCH=arm"), "(ARCH=arm)"),
    ],
)
def test_only_what_holds_for_every_unknown_is_certain(condition: Atom, expected: str) -> None:
    assert show(certain(condition)).strip("()") == expected.strip("()")


def declared(*conditions: Atom) -> list[Symbol]:
    place = Place("a.h", 1)
    return [Symbol("f", "prototype", None, place, condition) for condition in conditions]


def test_use_is_uncovered_where_no_declaration_is_compiled() -> None:
    found = [
        uncovered(A, declared(A)),
        uncovered(all_of(A, B), declared(A)),
        uncovered(A, declared(B)),
        uncovered(A, declared(OPAQUE)),
    ]
    assert [found[0], found[3]] == [FALSE, FALSE]
    assert [show(each) for each in found[1:3]] == ["0", "CONFIG_A && !CONFIG_B"]


def test_condition_shown_leaves_out_what_the_use_says_already() -> None:
    built = any_of(Atom("CONFIG_X"), Atom("CONFIG_X_MODULE"))
    shown = show(outside(built, [all_of(built, A)]))
    assert shown == "(CONFIG_X || CONFIG_X_MODULE) && !CONFIG_A"


def test_sights_of_one_tree_after_another_are_those_of_fresh_ones() -> None:
    states = [{"a.c": '#include "a.h"\nint x = one(1);\n', "a.h": '#include "b.h"\n', "b.h": "\n"}]
    for path, text in (
        ("b.h", "int one(int);\n"),
        ("b.h", "\n\nint one(int);\nint two(int);\n"),
        ("a.h", '#define one(n) two(n)\n#include "b.h"\n'),
        ("a.c", '#include "a.h"\nint y = one(2);\n'),
        (
            "b.h",
            "enum { zero, one };\n  int two(int);\n"
            "#define MAKE(n) int n##_made(void)\nMAKE(one);\n",
        ),
        ("a.h", "int one;\n"),
        ("a.h", '#include "b.h"\n'),
    ):
        states.append({**states[-1], path: text})
    trees = [MemoryTree(state) for state in states]
    chained = [FileSight(trees[0], Reading())]
    for before, after in pairwise(states):
        paths = frozenset(path for path in after if after[path] != before[path])
        chained.append(chained[-1].changed(MemoryTree(after), paths))
    asked = [(path, name) for path in ("a.c", "a.h") for name in ("one", "two", "zero", "one_made")]

    def told(sight: FileSight) -> list[object]:
        looks = (sight.declared, sight.macros, sight.searched, sight.doubts)
        return [(path, name, look(path, name)) for path, name in asked for look in looks]

    fresh = [told(FileSight(tree, Reading())) for tree in trees]
    # asked from the last to the first, so that each asks those before it
    assert [told(sight) for sight in reversed(chained)] == fresh[::-1]
    assert len({repr(each) for each in fresh}) == len(states) - 1
