"""Names that macro calls paste, on a small tree whose lines say what they make.

`FLAG(Busy, busy)  /* makes ItemBusy SetItemBusy if CONFIG_A */`: every name that a
line of the tree is said to make is asked for, and must be made there and nowhere else.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.condition import TRUE, Condition, show
from kpatch_tools.csource import index_tree
from kpatch_tools.csource.pasting_lines import may_paste
from kpatch_tools.domain import Index
from kpatch_tools.tree import open_tree
from tests.memory_tree import MemoryTree
from tests.scratch_repository import ScratchRepository

FIXTURE = Path(__file__).parent.parent / "fixtures" / "csource" / "pasting"
MAKES = re.compile(r"/\* makes ([\w ]+?)(?: if (\w+))? \*/")
Spot = tuple[str, int, str, str]


def always(path: str) -> Condition:
    return TRUE


def expected() -> set[Spot]:
    return {
        (path.relative_to(FIXTURE).as_posix(), number, name, condition or "1")
        for path in FIXTURE.rglob("*.[ch]")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for names, condition in MAKES.findall(line)
        for name in names.split()
    }


def read() -> Index:
    return index_tree(open_tree(str(FIXTURE)), frozenset(spot[2] for spot in expected()), always)


def test_every_line_makes_what_it_says_and_nothing_else() -> None:
    actual = {
        (each.place.path, each.place.line, each.symbol, show(each.condition))
        for each in read().references
        if each.made
    }
    assert actual == expected()


def test_what_a_call_defines_is_a_symbol_and_what_it_uses_is_none() -> None:
    actual = {
        (each.name, each.kind) for each in read().symbols if each.place.path == "drivers/led/led.c"
    }
    assert actual == {
        ("power_show", "function"),
        ("thing_attr_power", "variable"),
        ("do_blink", "prototype"),
        ("sys_blink", "function"),
        ("do_blink", "function"),
    }


@pytest.mark.parametrize("path", sorted(FIXTURE.rglob("*.c")), ids=lambda path: path.stem)
def test_gcc_has_the_same_names_after_preprocessing(path: Path) -> None:
    flags = ["-E", "-P", "-DCONFIG_IDLE", "-DCONFIG_WRITE", f"-I{FIXTURE}/include"]
    done = subprocess.run(["gcc", *flags, str(path)], capture_output=True, check=True, text=True)
    words = set(re.findall(r"\w+", done.stdout))
    here = path.relative_to(FIXTURE).as_posix()
    assert {name for place, _, name, _ in expected() if place == here} - words == set()


def test_a_made_name_tells_the_call_and_the_function_around() -> None:
    actual = [
        (each.place.line, each.kind, each.made, each.function)
        for each in read().references
        if each.symbol == "power_show" and each.made
    ]
    assert actual == [
        (9, "pasted", "THING_ATTR_RO(power)", ""),
        (19, "pasted", "LED_ATTR(power)", "light"),
    ]


def test_a_macro_of_another_file_and_of_another_architecture_is_not_called() -> None:
    tree = MemoryTree(
        {
            "a.c": "#define MAKE(x) int x##_it\n",
            "b.c": "MAKE(foo);\n",
            "arch/arm/include/asm/m.h": "#define MAKE(x) int x##_it\n",
            "arch/x86/kernel/c.c": "MAKE(foo);\n",
            "arch/arm/kernel/d.c": "MAKE(foo);\n",
        }
    )
    index = index_tree(tree, frozenset(("foo_it",)), always)
    # mm/ may be built for arm
    assert [each.place.path for each in index.references] == ["arch/arm/kernel/d.c", "b.c"]


def test_a_definition_through_continued_lines_counts_from_its_first_one() -> None:
    source = (
        "#ifdef A\n#define \\\n MAKE(x, \\\n  y) \\\n int x ## \\\n _it\n#endif\nMAKE(foo, 1);\n"
    )
    index = index_tree(MemoryTree({"a.c": source}), frozenset(("foo_it",)), always)
    assert [(each.place.line, show(each.condition)) for each in index.references] == [(8, "A")]


def test_a_function_whose_parameters_a_macro_still_hides_has_no_signature() -> None:
    header = "#define EVENT(name, proto) static inline void trace_##name(proto) {}\n"
    source = "EVENT(one, PROTO(int a, int b))\nEVENT(two, int (*a)(void))\n"
    tree = MemoryTree({"include/e.h": header, "a.c": source})
    index = index_tree(tree, frozenset(("trace_one", "trace_two")), always)
    actual = {each.name: each.signature and each.signature.parameters for each in index.symbols}
    assert actual == {"trace_one": None, "trace_two": ("int (*)(void)",)}


def test_what_a_static_call_defines_is_static() -> None:
    source = "#define MAKE(x) int x##_it\nstatic MAKE(one);\nMAKE(two);\n"
    index = index_tree(MemoryTree({"a.c": source}), frozenset(("one_it", "two_it")), always)
    actual = {each.name: each.text.split()[0] for each in index.symbols}
    assert actual == {"one_it": "static", "two_it": "MAKE(two)"}


@pytest.mark.parametrize(
    ("line", "may"),
    [
        (b"#define MAKE(n) get_ ## n(void)", True),
        (b"#define MAKE(n) n##_item(void)", True),
        (b"#define MAKE(q) set_ ## q(void)", False),
        (b"#define MAKE(n) get_ ## \\", True),
        (b"\t## n(void) \\", True),
        (b"#define MAKE(n) get_ /* the name */ ## n", True),
        (b"#define MAKE(n) get_ ## /* the name */ n", True),
        (b"#define MAKE(n, ...) print(n, ## __VA_ARGS__)", False),
        (b"#define MAKE(a, b) _ ## b", False),
        (b"########", False),
        # what begins the name may not end it, and what is a parameter says nothing
        (b"#define MAKE(n) item##n(void)", False),
        (b"#define MAKE(n) n##get(void)", False),
        (b"#define MAKE(get, item) get##item(void)", False),
        (b"\tget##item(void)", True),
        (b"#define MAKE(n) n##_##n(void), a##_it##b", True),
        (b"\ta ## t_i ## b(void) \\", True),
        (b"\ta##b##item(void) \\", True),
        (b"\tget##a##b(void) \\", True),
        (b"\ta##get##item##b(void) \\", True),
        (b"\ta##_##b(void) \\", False),
        (b"\tx##y##z(void) \\", False),
        (b"\tget###item(void) \\", False),
        (b"\tget##\\", True),
        (b"\tget ##", True),
    ],
)
def test_a_line_tells_whether_its_file_may_paste_a_name(line: bytes, may: bool) -> None:
    listing = b"other.h\0#define A(x) x ## _other\nitem.h\0" + line + b"\nlast.h\0## 3\n"

    found = may_paste(listing, frozenset({"get_item", "unmade"}))

    assert ("item.h" in found) == may
    assert "other.h" not in found


def test_of_many_names_the_same_files_may_paste_as_of_each() -> None:
    listing = b"".join(
        b"%d.h\0#define MAKE(n) %s\n" % (number, body)
        for number, body in enumerate((
            b"get_##n", b"n##_item", b"n##_##n", b"m##_7_##n", b"set_##n", b"n## \\", b"a##7",
        ))
    )  # fmt: skip
    names = [f"get_{number}_item_of_a_long_name" for number in range(40)] + ["a7"]
    each = {path for name in names for path in may_paste(listing, frozenset({name}))}
    assert may_paste(listing, frozenset(names)) == tuple(sorted(each))
    assert sorted(each) == ["0.h", "3.h", "5.h", "6.h"]


def test_the_last_line_may_have_no_end() -> None:
    assert may_paste(b"a.h\0get_ ## n", frozenset({"get_item"})) == ("a.h",)
    assert may_paste(b"a.h\0n ## item", frozenset({"get_item"})) == ("a.h",)
    assert may_paste(b"", frozenset({"get_item"})) == ()


def test_a_revision_reads_the_files_that_may_paste_and_makes_the_same(tmp_path: Path) -> None:
    shutil.copytree(FIXTURE, tmp_path, dirs_exist_ok=True)
    ScratchRepository(tmp_path).commit("all")
    names = frozenset(spot[2] for spot in expected())

    for name in sorted(names):
        plain = index_tree(open_tree(str(FIXTURE)), frozenset({name}), always)
        assert index_tree(open_tree(str(tmp_path)), frozenset({name}), always) == plain
