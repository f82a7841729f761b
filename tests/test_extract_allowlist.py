"""What may not reach the compiler, token by token and through the whole extraction."""

import pytest
from small_models import built, extracted, refused

from kpatch_tools.modelcheck.extract.allowlist import refusal, refusal_of_lines

HOSTILE = {
    'asm("nop");': "assembly",
    '__asm__ __volatile__("nop");': "assembly",
    '__asm(".incbin \\"/etc/passwd\\"");': "assembly",
    'register int x asm("rax");': "assembly",
    "void f(void) __attribute__((constructor));": "the attribute constructor",
    "void f(void) __attribute__ ((__destructor__));": "the attribute __destructor__",
    "int x __attribute__((unused, cleanup(f)));": "the attribute cleanup",
    'void *f(void) __attribute__((ifunc("g")));': "the attribute ifunc",
    'int x __attribute__((section(".init_array")));': "the attribute section",
    'int f(void) __attribute__((alias("g")));': "the attribute alias",
    "int f(void) __attribute__((weak));": "the attribute weak",
    "int f(void) __attribute__((optimize(0)));": "the attribute optimize",
    'int f(void) __attribute__((target("avx")));': "the attribute target",
    'void f(void) __attribute((no_sanitize("thread")));': "the attribute no_sanitize",
    "void f(void) __attribute__((naked));": "the attribute naked",
    "int x __attribute__;": "an attribute without its list",
    "int x __attribute__((made_up_tomorrow));": "the attribute made_up_tomorrow",
    "[[gnu::constructor]] void f(void);": "an attribute in double brackets",
    "[ [gnu::constructor] ] void f(void);": "an attribute in double brackets",
    '_Pragma("GCC dependency \\"/etc/passwd\\"")': "a pragma",
    "_Thread_local int x;": "thread-local storage",
    "__thread int x;": "thread-local storage",
    'R"(" )";': "a raw string",
    "int x<:3:>;": "the digraph or trigraph <:",
    "%:include <x>": "the digraph or trigraph %:",
    '??=include "x"': "the digraph or trigraph ??=",
    "int \\u0061sm;": "the character '\\\\'",
    "int caf\xe9;": "the character '\xe9'",
    "int $x;": "the character '$'",
    "__builtin_longjmp(buffer, 1);": "the builtin __builtin_longjmp",
    "__builtin_apply(f, a, 8);": "the builtin __builtin_apply",
    "__builtin_ia32_rdtsc();": "the builtin __builtin_ia32_rdtsc",
    "int x\x00;": "the character '\\x00'",
}

HARMLESS = [
    'const char *text = "asm __attribute__((constructor)) %: ??=";',
    "static inline __attribute__((always_inline, unused)) int f(int n) { return n; }",
    "struct x { char c; } __attribute__((packed, aligned(2 * sizeof(long))));",
    "void f(const char *s, ...) __attribute__((format(printf, 1, 2), noreturn));",
    'void f(void) __attribute__((error("never called")));',
    "x = ({ int y = 1; y ? : 2; }); goto *labels[i];",
    "__builtin_expect(!!(x), 0); __builtin_offsetof(struct a, b); __builtin_unreachable();",
    "int basmati, masm_x, asm_generic;",
    "a[b[0]] = c [ d ];",
    "#x ## y",
    "char c = '\\n';",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_is_refused(source: str) -> None:
    assert refusal(source) == HOSTILE[source]


@pytest.mark.parametrize("source", HARMLESS)
def test_harmless_text_passes(source: str) -> None:
    assert refusal(source) is None


def test_macro_parameter_may_stand_for_an_attribute() -> None:
    assert refusal("aligned_to(x) __attribute__((x))", frozenset({"x"})) is None


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ('# 1 "dev.c"\nint x;\n', None),
        ('# 1 "dev.c"\n#pragma GCC poison x\n', "the directive #pragma GCC poison x"),
        ('# 1 "dev.c"\n  # include "x"\n', 'the directive # include "x"'),
        ("#ident x\n", "the directive #ident x"),
    ],
)
def test_preprocessed_unit_has_no_directive_but_line_markers(
    lines: str, reason: str | None
) -> None:
    assert refusal_of_lines(lines) == reason


BODIES = {
    "asm_in_subject": 'int run(void) { __asm__("nop"); return 0; }\n',
    "constructor": "__attribute__((constructor)) int run(void) { return 0; }\n",
    "include_in_body": '#include "secret.h"\nint run(void) {\n#include "secret.h"\nreturn 0; }\n',
    "pasted_assembly": '#define JOIN(a, b) a##b\nint run(void) { JOIN(as, m)("nop"); return 0; }\n',
    "pasted_pragma": '#define JOIN(a, b) a##b\nint run(void) { JOIN(_Prag, ma)("weak run") '
    "return 0; }\n",
    "attribute_from_macro": "#define LATE(x) __attribute__((x))\n"
    "#define WORD constructor\nint run(void) { LATE(WORD) int n = 0; return n; }\n",
    "attribute_word_from_macro": "#define A __attribute__\n"
    "int run(void) { int n A((cleanup(run))) = 0; return n; }\n",
    "computed_include": '#define FILE "secret.h"\nint run(void) {\n#include FILE\nreturn 0; }\n',
    "splice": 'int run(void) { as\\\nm("nop"); return 0; }\n',
    "comment_splice": 'int run(void) { /\\\n* hidden *\\\n/ asm("nop"); return 0; }\n',
    "raw_string": 'int run(void) { const char *s = R"(")"; asm("nop"); /*")"*/ return !s; }\n',
}


@pytest.mark.parametrize("name", BODIES)
def test_hostile_subject_gives_no_model(name: str) -> None:
    files = {"dev.c": BODIES[name], "secret.h": "int secret = 1;\n"}
    reason = refused(extracted(files)).reason
    assert reason.startswith(("syntax that must not reach the compiler", "the compiler refuses"))
    assert "secret = 1" not in reason


def test_helper_with_assembly_becomes_a_trap() -> None:
    files = {
        "dev.c": 'static int get(void) { int n; asm("" : "=r"(n)); return n; }\n'
        "int run(void) { return get(); }\n",
    }
    assert built(extracted(files)).extraction.trapped == ("get",)


def test_helper_that_uses_a_macro_with_assembly_becomes_a_trap() -> None:
    files = {
        "dev.c": '#define fence() asm volatile("mfence")\n'
        "static int get(void) { fence(); return 1; }\nint run(void) { return get(); }\n",
    }
    model = built(extracted(files))
    assert model.extraction.trapped == ("get",)
    assert any(b"assembly at dev.c:1" in unit.text for unit in model.units)


def test_constructor_that_nothing_calls_is_not_in_the_model() -> None:
    files = {
        "dev.c": '__attribute__((constructor)) void boot(void) { asm("nop"); }\n'
        '#pragma GCC poison run\n#include "/etc/passwd"\n#include "../../../../etc/passwd"\n'
        'asm(".incbin \\"/etc/passwd\\"");\n'
        "int run(void) { return 0; }\n",
    }
    assert built(extracted(files)).extraction.extracted == ("run",)


def test_file_name_from_the_tree_cannot_end_its_line_marker() -> None:
    files = {
        'x"y.h': "static inline int get(void) { return 1; }\n",
        "dev.c": '#include <x"y.h>\nint run(void) { return get(); }\n',
    }
    assert refused(extracted(files)).missing == ("get (for run at dev.c:2)",)


def test_macro_bomb_is_contained() -> None:
    levels = "".join(f"#define L{n} L{n + 1} L{n + 1} L{n + 1} L{n + 1}\n" for n in range(30))
    files = {"dev.c": f"{levels}#define L30 +1\nint run(void) {{ return 0 L0; }}\n"}
    assert "gcc" in refused(extracted(files)).reason
