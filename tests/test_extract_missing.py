"""What a model says is missing, and what it traps."""

import pytest
from small_models import built, extracted, refused, unit_text

from kpatch_tools.domain import Extraction


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


@pytest.mark.parametrize("name", ["gcc"])
def test_no_compiler_is_no_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    files = {"dev.c": "int run(void) { return 0; }\n"}
    assert name in refused(extracted(files)).reason
