"""Which tests have come out true where a call stands; each case by hand."""

import pytest

from kpatch_tools.csource import known_at
from kpatch_tools.csource.source_file import SourceFile


def known(body: str) -> frozenset[str]:
    """What holds at the call of `here()`."""
    source = f"int f(struct item *a, int b)\n{{\n{body}\n}}\n".encode()
    return known_at(SourceFile("a.c", source), source.index(b"here("))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return g(a) && here(a);", {"g(a)"}),
        ("return g(a) || here(a);", {"!g(a)"}),
        ("return !g(a) || here(a);", {"g(a)"}),
        ("return here(a) && g(a);", set()),
        ("return (g(a) && !b) && here(a);", {"g(a)", "!b"}),
        ("return (g(a) || b) && here(a);", {"g(a) || b"}),
        ("return !(g(a) || b) && here(a);", {"!g(a)", "!b"}),
        ("if (likely(g(a)))\n\there(a);", {"g(a)"}),
        ("if (!g(a)) {\n\tb = 1;\n} else {\n\there(a);\n}", {"g(a)"}),
        ("if (g(a))\n\treturn 0;\nhere(a);", {"!g(a)"}),
        ("if (!g(a)) {\n\tb = 1;\n\tgoto out;\n}\nhere(a);\nout:\nreturn b;", {"g(a)"}),
        ("if (!g(a))\n\tb = 1;\nhere(a);", set()),
        ("while (g(a))\n\there(a);", {"g(a)"}),
        ("return g(a) ? here(a) : 0;", {"g(a)"}),
        ("b = g(a);\nif (b)\n\there(a);", {"b", "b = g(a)", "g(a)"}),
        ("int c = !g(a);\nif (c)\n\treturn 0;\nhere(a);", {"!c", "g(a)"}),
        ("set(a);\nhere(a);", {"set(a)"}),
        ("for (b = 0; g(a); b++)\n\there(a);", {"g(a)"}),
    ],
)
def test_what_holds_at_a_call(body: str, expected: set[str]) -> None:
    assert known(body) == expected


def test_a_long_chain_ends() -> None:
    chain = " && ".join(["g(a)"] * 20_000)
    assert known(f"return {chain} && here(a);") == {"g(a)"}
