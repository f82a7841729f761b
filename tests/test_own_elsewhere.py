"""Documents and comments of other files that name what one file alone could use, and has lost."""

import pytest

from kpatch_tools.checks import doc_drift, stale_reference
from kpatch_tools.domain import Case, Finding
from tests.small_series import reviewed

SOURCE = "static int %s(void)\n{\n\treturn 0;\n}\n\nint start(void)\n{\n\treturn %s();\n}\n"


@pytest.mark.parametrize(
    ("name", "text", "elsewhere", "is_told"),
    [
        ("wait_busy", "wait_busy is called first.\n", {}, True),
        # a plain word is the function's where it has its parentheses
        ("waitbusy", "waitbusy() is called first.\n", {}, True),
        ("waitbusy", "waitbusy is a word.\n", {}, False),
        ("waitbusy", "waitbusy (see below) is a word.\n", {}, False),
        ("waitbusy", "waitbusy() is called first.\n", {"b.c": "int waitbusy(void);\n"}, False),
        ("reset", "reset() is called first.\n", {}, False),
    ],
)
def test_documents_and_comments_are_told(
    name: str, text: str, elsewhere: dict[str, str], is_told: bool
) -> None:
    before = {
        "Makefile": "obj-y += a.o\n",
        "a.c": SOURCE % (name, name),
        "Documentation/a.rst": text,
        "c.c": f"/* {text.strip()} */\n",
    } | elsewhere
    case = Case(reviewed(before, before | {"a.c": SOURCE % ("anew", "anew")}))

    found = [*doc_drift.check(case), *stale_reference.check(case)]

    about = [each for each in found if isinstance(each, Finding) and each.symbol == name]
    places = [(each.place.path, each.place.line) for each in about if each.place.path != "a.c"]
    assert places == ([("Documentation/a.rst", 1), ("c.c", 1)] if is_told else [])
