"""What a model takes from a tree, what it leaves out, and what it says is missing."""

from time import process_time

from memory_tree import MemoryTree
from small_models import built, extracted, request, unit_text

from kpatch_tools.domain import Extraction
from kpatch_tools.modelcheck.extract import TreeState, Workspace, extract

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


def test_same_tree_gives_the_same_bytes() -> None:
    files = {
        "include/linux/list.h": LIST,
        "dev.c": "#include <linux/list.h>\nstatic struct list head = LIST_INIT(head);\n"
        "int run(void) { return head.next == &head; }\n",
    }
    assert built(extracted(files)).units == built(extracted(files)).units


def test_function_of_the_scenario_is_its_own_where_the_shim_has_the_name_too() -> None:
    files = {"dev.c": "int run(void) { return 1; }\n"}
    source = b"static void up(void *unused) { run(); }\nvoid scenario_init(void) { up(0); }\n"
    model = extracted(
        files,
        scenario=("kpt:scenarios/small/scenario.c", source),
        shim={"kpt:shim/customised.h": b"void up(int *lock)\n{\n\t++*lock;\n}\n"},
    )
    assert built(model).extraction.customised == ()


def test_enum_of_many_enumerators_is_read_once() -> None:
    names = "".join(f"\tCODE_{number},\n" for number in range(6000))
    files = {"dev.c": f"enum code {{\n{names}}};\nint run(void) {{ return CODE_7; }}\n"}
    started = process_time()
    model = built(extracted(files))
    # 1 s; read once for each enumerator it takes 15 s
    assert process_time() - started < 5
    assert model.extraction.extracted == ("enum code", "run")
