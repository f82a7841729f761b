"""Which #if lines guard a header, and so are no conditions of what it declares."""

from kpatch_tools.condition import TRUE, show
from kpatch_tools.csource import line_conditions


def test_include_guard_is_no_condition() -> None:
    source = (
        b"/* x */\n#ifndef A_H\n#define A_H\nint a;\n"
        b"#ifdef CONFIG_A\nint b;\n#endif\n#endif /* A_H */\n"
    )
    regions = line_conditions(source)
    assert [show(regions.at(line)) for line in (4, 6)] == ["1", "CONFIG_A"]


def test_include_guard_of_a_trace_header_is_no_condition() -> None:
    source = (
        b"#undef TRACE_SYSTEM\n#define TRACE_SYSTEM x\n"
        b"#if !defined(_T_H) || defined(TRACE_HEADER_MULTI_READ)\n#define _T_H\nint a;\n#endif\n"
        b"/* outside */\n#include <trace/define_trace.h>\n"
    )
    assert line_conditions(source).at(5) == TRUE


def test_include_guard_behind_a_declaration_is_no_condition() -> None:
    source = b"#include <a.h>\nstruct a;\n#ifndef A_H\n#define A_H\nint a;\n#endif\n"
    assert line_conditions(source).at(5) == TRUE


def test_include_guard_within_an_ifdef_is_no_condition() -> None:
    source = b"#ifdef __KERNEL__\n#ifndef A_H\n#define A_H\nint a;\n#endif\n#endif /* x */\n"
    assert show(line_conditions(source).at(4)) == "__KERNEL__"


def test_a_macro_defined_at_the_end_is_no_include_guard() -> None:
    source = b"int a;\n#ifndef LIMIT\n#define LIMIT 1\n#endif\n"
    assert show(line_conditions(source).at(3)) == "!LIMIT"


def test_a_macro_defined_once_is_no_include_guard() -> None:
    source = b"#ifndef pr_fmt\n#define pr_fmt(x) x\n#endif\nint a;\n"
    regions = line_conditions(source)
    assert [show(regions.at(line)) for line in (2, 4)] == ["!pr_fmt", "1"]


def test_a_macro_defined_once_within_an_ifdef_is_no_include_guard() -> None:
    source = b"#ifdef CONFIG_A\n#ifndef LIMIT\n#define LIMIT 1\n#endif\n#endif\n"
    assert show(line_conditions(source).at(3)) == "CONFIG_A && !LIMIT"
