"""Which tokens that no parse understands a review tells, and which cannot change an answer."""

from kpatch_tools.checks import unused_in_config
from kpatch_tools.domain import Case
from kpatch_tools.review.unread import UNLISTED
from tests.small_series import reviewed

NOT_C = "\t) {} ] 3 3 (\n"
SOURCE = """static int helper(int a)
{{
	return a;
}}
#ifdef CONFIG_FAST
static int quick;
#endif
int stop(int ret)
{{
	ret = helper(1);
	return ret;
}}
int other(int ret)
{{
{body}}}
"""
BUILD = {"Makefile": "obj-y += a.o\n", "Kconfig": 'config FAST\n\tbool "Fast"\n'}


def told(before: str, after: str) -> list[tuple[int, str]]:
    review = reviewed({"a.c": before}, {"a.c": after})
    return [(skip.place.line, skip.symbol) for skip in review.skipped if skip.symbol]


def source(*names: str) -> str:
    return SOURCE.format(body="".join(NOT_C.format(name) for name in names))


def test_a_token_of_a_static_function_that_the_step_removes_is_told() -> None:
    before = source("helper")
    after = before.replace("static int helper(int a)\n{\n\treturn a;\n}\n", "")
    after = after.replace("ret = helper(1)", "ret = 1")
    assert told(before, after) == [(15, "helper"), (11, "helper")]


def test_a_token_of_what_only_some_configurations_declare_is_told() -> None:
    before = source("quick")
    after = before.replace("ret = helper(1)", "ret = helper(quick)")
    assert told(before, after) == [(15, "quick")]


def test_a_token_of_a_name_that_no_change_is_about_is_not_told() -> None:
    before = source("ret", "helper")
    assert told(before, before.replace("ret = helper(1)", "ret = helper(2)")) == []


def test_a_function_that_an_unclear_token_may_use_is_not_called_unused() -> None:
    before = source("quick")
    after = before.replace("#ifdef CONFIG_FAST\n", "").replace("#endif\n", "")
    after = after.replace(
        "\tret = helper(1)", "#ifdef CONFIG_FAST\n\tquick = 1;\n#endif\n\tret = helper(1)"
    )
    review = reviewed({**BUILD, "a.c": before}, {**BUILD, "a.c": after})
    found = list(unused_in_config.check(Case(review)))
    assert [type(each).__name__ for each in found if each.symbol == "quick"] == ["Skipped"]


def test_what_is_declared_in_a_stretch_that_is_not_understood_is_told() -> None:
    # the rest of an #error that goes on without a backslash
    before = '\t"OTHER"\nstruct item {\n\tint a;\n} __packed;\n'
    after = before.replace("struct item {", "struct other_item {")
    assert told(before, after) == [(2, "item"), (2, "other_item")]
    plain = before.replace('\t"OTHER"\n', "")
    assert told(plain, plain.replace("struct item {", "struct other_item {")) == []


def test_a_declaration_that_is_known_from_around_its_name_alone_is_told() -> None:
    union = "union %s {\n\tu32 b;\n\tstruct two_s {\n\t\tint c;\n\t} s;\n};\n\n"
    function = "int f(int a)\n{\n\treturn a;\n}\n"
    before = (
        union % "two" + "int g( {\n" + function + union % "three" + function.replace("f(", "k(")
    )
    after = before.replace("union three", "union other")
    review = reviewed({"a.c": before}, {"a.c": after})
    found = [(skip.place.line, skip.symbol) for skip in review.skipped if skip.reason == UNLISTED]
    assert found == [(13, "three"), (13, "other")]
    closed = [text.replace("int g( {", "int g(void);") for text in (before, after)]
    assert told(*closed) == []
