"""What a model takes from a tree, what it leaves out, and what it says is missing."""

import pytest
from memory_tree import MemoryTree
from small_models import built, extracted, refused, request, unit_text

from kpatch_tools.domain import Extraction
from kpatch_tools.modelcheck.extract import TreeState, Workspace, extract
from kpatch_tools.modelcheck.extract.generated import include_folders

LIST = """
struct list { struct list *next, *prev; };
#define LIST_INIT(name) { &(name), &(name) }
"""


def test_callees_of_own_file_and_of_headers_come_along() -> None:
    files = {
        "include/linux/dev.h": "static inline int twice(int n) { return 2 * n; }\n"
        "static inline int unused(int n) { return n; }\n",
        "dev.c": "#include <linux/dev.h>\n"
        "#define STEP 3\n"
        "static int count;\n"
        "static int add(int n) { return count += twice(n); }\n"
        "static int never(void) { return 0; }\n"
        "static int run(void) { return add(STEP); }\n",
    }
    actual = built(extracted(files)).extraction
    assert actual == Extraction(("STEP", "add", "count", "run", "twice"), (), (), ())


def test_function_of_another_file_becomes_a_trap() -> None:
    files = {
        "include/linux/dev.h": "int far(int n);\n",
        "far.c": "int far(int n) { return n; }\n",
        "dev.c": "#include <linux/dev.h>\nint run(void) { return far(1); }\n",
    }
    model = built(extracted(files))
    assert model.extraction.trapped == ("far",)
    assert 'int far(int n) { eng_fail("model-unknown", "reached far: ' in unit_text(
        model, "traps.c"
    )


def test_function_of_another_file_with_a_subject_is_no_trap() -> None:
    files = {
        "include/linux/dev.h": "int far(int n);\n",
        "far.c": "static int k = 4;\nint far(int n) { return n + k; }\nint x(void) { return 0; }\n",
        "dev.c": "#include <linux/dev.h>\nint run(void) { return far(1); }\n",
    }
    wanted = request({"dev.c": ("run",), "far.c": ("x",)})
    model = built(extract(TreeState(MemoryTree(files)), wanted, Workspace()))
    assert (model.extraction.trapped, "far" in model.extraction.extracted) == ((), True)


def test_static_names_of_two_files_do_not_clash() -> None:
    files = {
        "dev.c": "static int id = 1;\nstatic int get(void) { return id; }\n"
        "int run(void) { return get(); }\n",
        "far.c": "static int id = 2;\nstatic int get(void) { return id; }\n"
        "int far(void) { return get(); }\n",
    }
    wanted = request({"dev.c": ("run",), "far.c": ("far",)})
    model = built(extract(TreeState(MemoryTree(files)), wanted, Workspace()))
    assert "static int id = 1;" in unit_text(model, "dev.c")
    assert "static int id = 2;" in unit_text(model, "far.c")


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


def test_functions_made_by_pasting_are_expanded() -> None:
    files = {
        "include/linux/flags.h": "struct page { unsigned long flags; };\n"
        "enum { PG_locked, PG_dirty };\n"
        "#define POLICY(page) (page)\n"
        "#define TESTFLAG(uname, lname, policy) \\\n"
        "\tstatic inline int Page##uname(struct page *page) \\\n"
        "\t{ return policy(page)->flags >> PG_##lname & 1; }\n"
        "#define SETFLAG(uname, lname) static inline void SetPage##uname(struct page *page) \\\n"
        "\t{ page->flags |= 1UL << PG_##lname; }\n"
        "#define FLAG(uname, lname) TESTFLAG(uname, lname, POLICY) SETFLAG(uname, lname)\n"
        "FLAG(Locked, locked)\nFLAG(Dirty, dirty)\n"
        "#undef POLICY\n",
        "dev.c": "#include <linux/flags.h>\nstatic struct page page;\n"
        "int run(void) { SetPageDirty(&page); return PageDirty(&page); }\n",
    }
    model = built(extracted(files))
    assert {"PageDirty", "SetPageDirty"} <= set(model.extraction.extracted)
    assert "SetPageLocked" not in model.extraction.extracted
    assert "return (page)->flags >> PG_dirty & 1;" in unit_text(model, "dev.c")


def test_variable_made_by_a_macro_is_expanded_with_the_shims_macro() -> None:
    files = {
        "include/linux/mutex.h": "struct mutex { long owner; void *waiters; };\n"
        "#define DEFINE_MUTEX(name) struct mutex name = { 0, (void *)0 }\n"
        "void mutex_lock(struct mutex *lock);\n",
        "dev.c": "#include <linux/mutex.h>\nstatic DEFINE_MUTEX(lock);\n"
        "int run(void) { mutex_lock(&lock); return 0; }\n",
    }
    shim = {
        "kpt:shim/customised.h": b"struct mutex { int owner; };\n"
        b"#define DEFINE_MUTEX(name) struct mutex name = { 7 }\n"
        b"void mutex_lock(struct mutex *lock) { lock->owner = 1; }\n"
    }
    model = built(extracted(files, shim=shim))
    assert "static struct mutex lock = { 7 };" in unit_text(model, "dev.c")
    assert model.extraction == Extraction(("lock", "run"), (), ("mutex_lock", "struct mutex"), ())


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


def test_shim_wins_over_the_tree_and_subjects_win_over_the_shim() -> None:
    files = {
        "dev.c": "static int helper(void) { return 1; }\nint run(void) { return helper(); }\n",
    }
    shim = {
        "kpt:shim/customised.h": b"int helper(void) { return 2; }\n#define run() 3\n",
    }
    model = built(extracted(files, shim=shim))
    assert model.extraction == Extraction(("run",), (), ("helper",), ())
    assert "int helper(void) { return 2; }" in unit_text(model, "shim.c")
    assert "int run(void) { return helper(); }" in unit_text(model, "dev.c")


def test_first_shim_file_wins_and_stubs_are_listed_apart() -> None:
    files = {"dev.c": "int run(void) { note(); act(); return 0; }\n"}
    shim = {
        "kpt:scenarios/small/stand_ins.h": b"void act(void) { }\n",
        "kpt:shim/customised.h": b"void act(void) { other(); }\n",
        "kpt:shim/stubbed.h": b"#define note() ((void)0)\n",
    }
    actual = built(extracted(files, shim=shim)).extraction
    assert actual == Extraction(("run",), ("note",), ("act",), ())


def test_shim_struct_that_lacks_a_member_gets_the_trees() -> None:
    files = {
        "include/linux/device.h": "struct device { int a; struct device *parent; int b; };\n",
        "dev.c": "#include <linux/device.h>\n"
        "int run(void) { struct device *dev = 0; return !dev->parent; }\n",
    }
    shim = {"kpt:shim/types.h": b"struct device { int ours; };\n"}
    found = unit_text(extracted(files, shim=shim), "dev.c")
    assert "struct device { int ours; struct device *parent;\n};" in found


def test_shim_function_may_use_members_of_the_trees_structs() -> None:
    files = {
        "include/linux/page.h": "struct far;\n"
        "struct page { long flags; int _count; struct far other; };\n"
        "void get_page(struct page *page);\n",
        "dev.c": "#include <linux/page.h>\nint run(void) { get_page(0); return 0; }\n",
    }
    shim = {"kpt:shim/customised.h": b"void get_page(struct page *page) { page->_count++; }\n"}
    found = unit_text(extracted(files, shim=shim), "shim.c")
    assert "page {int _count;};" in found.replace("{ ", "{").replace("; }", ";}")


def test_name_pasted_together_by_a_macro_is_found() -> None:
    files = {
        "include/linux/atomic.h": "#define PREFIX(x) atomic64##x\n"
        "static inline long atomic64_read(long *v) { return *v; }\n"
        "static inline long atomic_long_read(long *v) { return PREFIX(_read)(v); }\n",
        "dev.c": "#include <linux/atomic.h>\nstatic long n;\n"
        "int run(void) { return atomic_long_read(&n); }\n",
    }
    assert "atomic64_read" in built(extracted(files)).extraction.extracted


def test_macro_whose_name_is_pasted_together_is_taken() -> None:
    files = {
        "include/linux/kconfig.h": "#define PLACEHOLDER_1 0,\n"
        "#define IS_ENABLED(option) _enabled(option)\n"
        "#define _enabled(value) __enabled(PLACEHOLDER_##value)\n"
        "#define __enabled(junk) ___enabled(junk 1, 0)\n"
        "#define ___enabled(ignored, value, ...) value\n",
        "dev.c": "int run(void) { return IS_ENABLED(CONFIG_ON) + 2 * IS_ENABLED(CONFIG_OFF); }\n",
    }
    found = unit_text(extracted(files, on=("ON",)), "dev.c")
    assert "return 1 + 2 * 0;" in found


def test_function_renamed_by_a_macro_is_found() -> None:
    files = {
        "include/linux/dev.h": "#define find dev_find\nint find(int n);\n",
        "dev.c": "#include <linux/dev.h>\nint run(void) { return find(1); }\n",
    }
    assert built(extracted(files)).extraction.trapped == ("find",)


def test_tables_made_in_pairs_by_a_macro_refer_to_each_other() -> None:
    files = {
        "dev.c": "#define PAIR(name) static int name##_slot = 4; "
        "static int *name = &name##_slot\nPAIR(lock);\n"
        "int run(void) { return *lock; }\n",
    }
    found = unit_text(extracted(files), "dev.c")
    assert found.index("static int lock_slot = 4;") < found.index("static int *lock = &lock_slot;")


def test_typedef_of_an_anonymous_union_comes_after_the_structs_in_it() -> None:
    files = {
        "dev.c": "struct z { int a; };\ntypedef union { struct z z; int b; } key_t;\n"
        "struct a { key_t *key; };\nint run(void) { struct a *a = 0; return a->key->z.a; }\n",
    }
    assert built(extracted(files)).extraction.trapped == ()


def test_headers_in_folders_that_the_makefile_names_are_found() -> None:
    files = {
        "fs/x/Makefile": "ccflags-y += -I$(src)/lib -Iother\n",
        "fs/x/lib/deep.h": "static inline int deep(void) { return 1; }\n",
        "other/wide.h": "static inline int wide(void) { return 1; }\n",
        "fs/x/x.c": '#include "deep.h"\n#include <wide.h>\n'
        "int run(void) { return deep() + wide(); }\n",
    }
    wanted = request({"fs/x/x.c": ("run",)})
    model = built(extract(TreeState(MemoryTree(files)), wanted, Workspace()))
    assert model.extraction.extracted == ("deep", "run", "wide")


def test_what_the_build_would_generate_is_known() -> None:
    files = {
        "Makefile": "VERSION = 4\nPATCHLEVEL = 6\nSUBLEVEL = 2\n",
        "kernel/bounds.c": "\tDEFINE(MAX_ZONES, __MAX_ZONES);\n",
        "dev.c": "#include <generated/bounds.h>\nenum zone { NORMAL, __MAX_ZONES };\n"
        "static int zones[MAX_ZONES];\n#if LINUX_VERSION_CODE == KERNEL_VERSION(4, 6, 2)\n"
        "int run(void) { return zones[0]; }\n#endif\n",
    }
    assert "static int zones[(__MAX_ZONES)];" in unit_text(extracted(files), "dev.c")


def test_trace_points_have_no_effect() -> None:
    files = {"dev.c": "int run(void) { trace_dev_event(1, 2); return 0; }\n"}
    model = built(extracted(files))
    assert model.extraction.stubbed == ("trace_dev_event",)


def test_config_options_are_closed_under_select() -> None:
    files = {
        "Kconfig": 'config DEV\n\tbool "dev"\n\tselect BUS\nconfig BUS\n\tbool\n'
        'config EXTRA\n\tbool "extra"\n'
        "config HZ\n\tint\n\tdefault 250\n",
        "dev.c": "#ifdef CONFIG_BUS\nstatic int bus(void) { return CONFIG_HZ; }\n#else\n"
        "static int bus(void) { return 0; }\n#endif\n"
        "int run(void) {\n#ifdef CONFIG_EXTRA\n\treturn 1;\n#endif\n\treturn bus();\n}\n",
    }
    found = unit_text(extracted(files, on=("DEV",)), "dev.c")
    assert "static int bus(void) { return 250; }" in found and "return 1" not in found


def test_option_that_cannot_be_on_is_said() -> None:
    files = {
        "Kconfig": 'config DEV\n\tbool "dev"\n\tdepends on NEVER\nconfig NEVER\n\tbool\n',
        "dev.c": "int run(void) { return 0; }\n",
    }
    assert refused(extracted(files, on=("DEV",))).reason == (
        "Kconfig gives no configuration with all of DEV"
    )


def test_missing_name_is_said_with_who_needs_it() -> None:
    files = {"dev.c": "int run(void)\n{\n\treturn absent(1);\n}\n"}
    assert refused(extracted(files)).missing == ("absent (for run at dev.c:3)",)


def test_function_that_cannot_be_had_becomes_a_trap_with_the_reason() -> None:
    files = {
        "dev.c": "static int helper(void) { return absent(1); }\n"
        "int run(void) { return helper(); }\n",
    }
    model = built(extracted(files))
    assert model.extraction.trapped == ("helper",)
    assert "implicit declaration of function 'absent'" in unit_text(model, "dev.c")


def test_what_only_a_trapped_function_needed_is_not_in_the_model() -> None:
    files = {
        "dev.c": "static int deep(void) { return 1; }\n"
        "static int helper(void) { return deep() + absent(1); }\n"
        "int run(void) { return helper(); }\n",
    }
    actual = built(extracted(files)).extraction
    assert actual == Extraction(("run",), (), (), ("helper",))


def test_function_that_the_scenario_traps_is_not_looked_into() -> None:
    files = {
        "dev.c": "static int deep(void) { return 1; }\nint run(void) { return deep(); }\n",
    }
    assert built(extracted(files, traps=("deep",))).extraction.trapped == ("deep",)


def test_subject_that_the_tree_lacks_is_said() -> None:
    files = {"dev.c": "int go(void) { return 0; }\n"}
    assert refused(extracted(files)).missing == ("run (dev.c)",)


def test_scenario_may_not_define_a_function_of_the_tree() -> None:
    files = {"dev.c": "int far(int n);\nint run(void) { return 0; }\n"}
    scenario = ("kpt:scenarios/small/scenario.c", b"int far(int n) { return n; }\n")
    assert refused(extracted(files, scenario=scenario)).missing == ("far",)


def test_scenario_may_use_static_names_of_subject_files() -> None:
    files = {
        "dev.c": "#define SIZE 3\nstruct dev { int a; };\nstatic struct dev dev;\n"
        "static int peek(void) { return dev.a; }\nint run(void) { return 0; }\n",
    }
    scenario = (
        "kpt:scenarios/small/scenario.c",
        b"void scenario_init(void) { dev.a = SIZE; peek(); run(); }\n",
    )
    model = built(extracted(files, scenario=scenario))
    assert {"SIZE", "dev", "peek", "run", "struct dev"} == set(model.extraction.extracted)


def test_data_of_another_file_is_a_trap() -> None:
    files = {
        "include/linux/dev.h": "extern const int limits[];\nextern int jiffies;\n",
        "dev.c": "#include <linux/dev.h>\nint run(void) { return jiffies + limits[1]; }\n",
    }
    model = built(extracted(files))
    assert model.extraction.trapped == ("jiffies", "limits")
    assert "data of files that are not modelled, zero here: jiffies, limits" in model.doubts


def test_messages_point_at_the_line_of_the_kernel_file() -> None:
    files = {
        "dev.c": "/*\n * A comment.\n */\n#ifdef CONFIG_X\nint x;\n#endif\n\n"
        "int run(void)\n{\n\tint n = \\\n\t\t1;\n\n\treturn n->member;\n}\n",
    }
    assert "dev.c:13: invalid type argument of '->'" in refused(extracted(files)).reason


def test_same_tree_gives_the_same_bytes() -> None:
    files = {
        "include/linux/list.h": LIST,
        "dev.c": "#include <linux/list.h>\nstatic struct list head = LIST_INIT(head);\n"
        "int run(void) { return head.next == &head; }\n",
    }
    assert built(extracted(files)).units == built(extracted(files)).units


@pytest.mark.parametrize("name", ["gcc"])
def test_no_compiler_is_no_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    files = {"dev.c": "int run(void) { return 0; }\n"}
    assert name in refused(extracted(files)).reason


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


def test_function_of_the_scenario_is_its_own_where_the_shim_has_the_name_too() -> None:
    files = {"dev.c": "int run(void) { return 1; }\n"}
    source = b"static void up(void *unused) { run(); }\nvoid scenario_init(void) { up(0); }\n"
    model = extracted(
        files,
        scenario=("kpt:scenarios/small/scenario.c", source),
        shim={"kpt:shim/customised.h": b"void up(int *lock)\n{\n\t++*lock;\n}\n"},
    )
    assert built(model).extraction.customised == ()


@pytest.mark.parametrize(
    ("makefiles", "found"),
    [
        (
            {"drv/Makefile": "ccflags-y += -I$(src)/inc -I$(srctree)/lib/h\n"},
            ("drv/inc/", "lib/h/"),
        ),
        ({"drv/Makefile": "top = $(srctree)/drv\nccflags-y += -I$(top)/inc\n"}, ("drv/inc/",)),
        ({"Makefile": "", "drv/Makefile": "ccflags-y += \\\n\t-I $(src)/inc\n"}, ("drv/inc/",)),
        ({"drv/Makefile": "# Licence-Identifier: x -Iold\nflags += -Inew\n"}, ("new/",)),
        ({"drv/Makefile": "TOP ?= $(srctree)\nflags += -I $(TOP)/drv/inc\n"}, ("drv/inc/",)),
        ({"drv/Makefile": "X = $(X)$(X)\nccflags-y += -I$(X)\n"}, ()),
        ({"drv/Makefile": "ccflags-y += -I../../../etc\n"}, ()),
    ],
)
def test_folders_that_makefiles_name_for_a_file(
    makefiles: dict[str, str], found: tuple[str, ...]
) -> None:
    assert include_folders(MemoryTree(makefiles), "drv/core.c") == found


def test_folders_of_the_makefile_that_lists_the_file_and_what_is_passed_down() -> None:
    tree = MemoryTree(
        {
            "drv/Makefile": "subdir-ccflags-y += -I$(srctree)/$(src)\nccflags-y += -Iown\n",
            "drv/core/Makefile": "ccflags-y += -I$(src)/inc\n",
        }
    )
    assert include_folders(tree, "drv/core/main.c") == ("drv/core/inc/", "drv/")
    assert include_folders(tree, "drv/part/main.c") == ("drv/", "own/")
    tree = MemoryTree(
        {
            "drv/Kbuild": "ccflags-y += -I$(src)/inc\ninclude $(src)/part/Kbuild\n",
            "drv/part/Kbuild": "drv-y += part/main.o\n",
        }
    )
    assert include_folders(tree, "drv/part/main.c") == ("drv/inc/",)
