"""What a model takes of structs, unions and enums, and in which order."""

from small_models import built, extracted, unit_text


def test_struct_keeps_the_members_that_are_used() -> None:
    files = {
        "dev.c": "struct far;\nstruct dev {\n\tint a;\n\tstruct far x;\n\tint b, c;\n\tint d;\n};\n"
        "int run(void) { struct dev *dev = 0; return dev->b; }\n",
    }
    assert "struct __attribute__((designated_init)) dev {\nint b, c;\n};" in unit_text(
        extracted(files), "dev.c"
    )


def test_struct_initialised_by_position_is_whole() -> None:
    files = {
        "dev.c": "struct pair { int a; long b; struct pair *c; union { int d; char e; }; };\n"
        "static struct pair table[] = { { 1, 2 }, { 3, 4 } };\n"
        "int run(void) { return table[1].b; }\n",
    }
    assert "struct pair { int a; long b; struct pair *c; union { int d; char e; }; };" in unit_text(
        extracted(files), "dev.c"
    )


def test_struct_initialised_by_position_inside_another_is_whole() -> None:
    files = {
        "dev.c": "struct in { int a; enum { P } b; int c; };\n"
        "struct out { int x; struct in in; };\n"
        "#define IN(n) { n, P, n }\n"
        "static struct out out = { .in = IN(7) };\n"
        "int run(void) { return out.in.c; }\n",
    }
    found = unit_text(extracted(files), "dev.c")
    assert "struct in { int a; enum { P } b; int c; };" in found
    assert "out { struct in in;};" in found


def test_union_keeps_both_alternatives_whole_when_two_are_used() -> None:
    files = {
        "dev.c": "struct page { union { struct { int a; int b; }; struct { int c; long d; }; "
        "char e; }; int f; };\n"
        "int run(struct page *page) { return page->b + page->d; }\n",
    }
    scenario = ("kpt:scenarios/small/scenario.c", b"void scenario_init(void) { run(0); }\n")
    found = unit_text(extracted(files, scenario=scenario), "dev.c")
    assert "{union{struct{inta;intb;};struct{intc;longd;};};};" in found.replace(" ", "")


def test_enumerators_made_by_macros_are_found() -> None:
    files = {
        "dev.c": "#define EACH(x) x##_DMA, x##_NORMAL\nenum items { FIRST, EACH(ALLOC), LAST };\n"
        "int run(void) { return ALLOC_NORMAL; }\n",
    }
    assert "return ALLOC_NORMAL;" in unit_text(extracted(files), "dev.c")


def test_members_made_by_macros_are_found() -> None:
    files = {
        "dev.c": "#define HASH_LEN unsigned hash; unsigned len\n"
        "#define BITS(name, n) long name[n]\n"
        "struct name { HASH_LEN; BITS(map, 4); int rest; };\n"
        "int run(void) { struct name *n = 0; return n->len + n->map[0]; }\n",
    }
    found = unit_text(extracted(files), "dev.c")
    assert "unsigned len;" in found and "long map[4];" in found and "rest" not in found


def test_typedef_of_an_anonymous_union_comes_after_the_structs_in_it() -> None:
    files = {
        "dev.c": "struct z { int a; };\ntypedef union { struct z z; int b; } key_t;\n"
        "struct a { key_t *key; };\nint run(void) { struct a *a = 0; return a->key->z.a; }\n",
    }
    assert built(extracted(files)).extraction.trapped == ()


def test_struct_under_another_name_stands_before_the_struct_that_holds_it() -> None:
    files = {
        "dev.c": "struct tree { int height; };\n#define old_tree tree\n"
        "struct dev { struct old_tree items; };\n"
        "int run(void) { static struct dev dev; return dev.items.height; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert 0 < text.index("struct tree {") < text.index("dev {")


def test_type_that_a_macro_puts_into_a_struct_stands_before_it() -> None:
    files = {
        "include/linux/dev.h": "typedef _Bool flag;\n"
        "#define EACH(make) make(flag, fast) make(int, level)\n#define MEMBER(t, n) t n;\n"
        "struct dev { EACH(MEMBER); };\n",
        "dev.c": "#include <linux/dev.h>\n"
        "int run(void) { static struct dev dev; return dev.fast + dev.level; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert 0 < text.index("typedef _Bool flag;") < text.index("dev {")


def test_variable_declared_with_its_struct_is_defined_by_the_file() -> None:
    files = {
        "include/linux/dev.h": "extern struct dev { int a; } dev;\n",
        "dev.c": "#include <linux/dev.h>\nstruct dev dev;\nint run(void) { return dev.a; }\n",
    }
    model = built(extracted(files))
    assert (model.extraction.trapped, "struct dev dev;" in unit_text(model, "dev.c")) == ((), True)


def test_flexible_array_is_not_alone_in_its_struct() -> None:
    files = {
        "dev.c": "struct pair { int a, b; };\n"
        "struct message { int kind; struct pair from; char data[]; };\n"
        "int run(void) { struct message *m = 0; return m->data[0]; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert "char kpt_no_member;" in text and "char data[];" in text


def test_enum_made_of_another_stands_after_it() -> None:
    files = {
        "include/linux/z.h": "enum base { FIRST_WAY = 3 };\n",
        "include/linux/a.h": "#include <linux/z.h>\nenum way { UP = FIRST_WAY, DOWN };\n",
        "dev.c": "#include <linux/a.h>\nint run(void) { return DOWN + UP; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert 0 < text.index("enum base") < text.index("enum way")


def test_enum_with_values_of_a_type_stands_after_the_type() -> None:
    files = {
        "dev.c": "typedef unsigned int u32;\ntypedef u32 op_t;\n"
        "#define FIRST (op_t)0\nenum op { READ = FIRST, WRITE = (op_t)1 };\n"
        "int run(void) { return WRITE; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert 0 < text.index("u32 op_t;") < text.index("enum op")


def test_function_that_only_a_macro_declares_is_known() -> None:
    files = {
        "include/linux/dev.h": "#define DECLARE(name) int dev_test_##name(int n);"
        " int dev_set_##name(int n);\nDECLARE(fast);\nDECLARE(slow);\n",
        "dev.c": "#include <linux/dev.h>\nint run(void) { return dev_set_slow(1); }\n",
    }
    assert built(extracted(files)).extraction.trapped == ("dev_set_slow",)


def test_member_of_a_struct_without_a_name_is_taken() -> None:
    files = {
        "dev.c": "struct pair { int a, b; };\n"
        "struct dev { struct pair pair; struct { int level; int limit; } now, old; };\n"
        "int run(void) { struct dev *dev = 0; return dev->now.level + dev->old.limit; }\n",
    }
    text = unit_text(extracted(files), "dev.c")
    assert ("int level;" in text, "int limit;" in text, "struct pair pair" in text) == (
        True,
        True,
        False,
    )


def test_flexible_array_of_a_union_keeps_what_stands_beside_it() -> None:
    files = {
        "dev.c": "struct message { union { struct { int len; } head;"
        " struct { struct { } none; char *data[]; }; }; int other[4]; struct message *m; };\n"
        "int run(void) { struct message *m = 0; return m->data[0][0]; }\n",
    }
    assert "struct { } none;" in unit_text(extracted(files), "dev.c")
