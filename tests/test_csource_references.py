"""Reading C fixtures whose expectations stand on the line (fixtures/csource/references).

`foo(1);  /* call foo in f with 1 if !CONFIG_A */` expects on that line a call of foo in
function f with one argument under that condition; `to` gives the target. What is not
said is not compared, but every token of a name that the file expects anywhere must be
expected where it stands. A file in gaps/ is one we get wrong today: its first line says why.
"""

import re
from pathlib import Path
from typing import get_args

import pytest

from kpatch_tools.condition import show
from kpatch_tools.csource import index_file
from kpatch_tools.domain import Index, Place, Reference, ReferenceKind, Skipped

FIXTURES = Path(__file__).parent.parent / "fixtures" / "csource" / "references"
KINDS = "|".join((*get_args(ReferenceKind), "unclassified"))
EXPECTATION = re.compile(rf"/\*( (?:{KINDS}) \w+\b[^*]*) \*/")
ONE = re.compile(
    rf"(?P<kind>{KINDS}) (?P<symbol>\w+)(?: in (?P<function>\w+))?(?: with (?P<arguments>\d+))?"
    r"(?: to (?P<target>.*?))?(?: if (?P<condition>.*))?\Z"
)

Said = dict[str, str]


def expected_in(source: str) -> list[tuple[int, Said]]:
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        for comment in EXPECTATION.findall(line):
            for part in comment.split(";"):
                match = ONE.match(part.strip())
                assert match is not None, f"line {number}: {part}"
                found.append((number, {k: v for k, v in match.groupdict().items() if v}))
    return found


def said(reference: Reference) -> Said:
    return {
        "kind": reference.kind,
        "symbol": reference.symbol,
        "function": reference.function,
        "arguments": "" if reference.arguments is None else str(reference.arguments),
        "target": reference.target,
        "condition": show(reference.condition),
    }


def read(path: Path, names: frozenset[str]) -> Index:
    bare = EXPECTATION.sub(lambda match: " " * len(match[0]), path.read_text())
    return index_file(path.name, bare.encode(), names)


def compared(path: Path) -> tuple[list[str], list[str]]:
    """What the reader says, cut down to what the file asks, and what the file expects."""
    expected = expected_in(path.read_text())
    index = read(path, frozenset(each["symbol"] for _, each in expected))
    lines: dict[int, list[Said]] = {}
    for number, each in expected:
        lines.setdefault(number, []).append(each)
    actual = []
    for reference in index.references:
        here = said(reference)
        asked = [
            each
            for each in lines.get(reference.place.line, [])
            if all(here[key] == value for key, value in each.items())
        ]
        if asked:
            lines[reference.place.line].remove(asked[0])
            here = asked[0]
        actual.append(f"{reference.place.line}: {here}")
    actual += [f"{each.place.line}: unclassified {each.symbol}" for each in index.unclassified]
    return sorted(actual), sorted(f"{number}: {each}" for number, each in expected)


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.*")), ids=name)
def test_every_token_is_what_its_line_says(path: Path) -> None:
    actual, expected = compared(path)
    assert actual == expected


GAPS = [
    pytest.param(
        path, marks=pytest.mark.xfail(strict=True, reason=path.read_text().splitlines()[0])
    )
    for path in sorted((FIXTURES / "gaps").glob("*.c"))
]


@pytest.mark.parametrize("path", GAPS, ids=[str(param.values[0]) for param in GAPS])
def test_gap(path: Path) -> None:
    actual, expected = compared(path)
    assert actual == expected


def test_names_in_comments_count_with_the_function_around() -> None:
    source = b"/*\n * foo waits\n */\nint f(void)\n{\n\t/* foo */ g(); // foo \\\n\tfoo\n}\n"
    index = index_file("a.c", source, frozenset(("foo",)))
    actual = [(each.place.line, each.kind, each.function) for each in index.references]
    assert actual == [
        (2, "comment", ""),
        (6, "comment", "f"),
        (6, "comment", "f"),
        (7, "comment", "f"),
    ]


def test_a_token_no_parse_understands_is_unclassified() -> None:
    source = b"int f(void)\n{\n\t) foo ] 3 3 (\n}\n"
    index = index_file("a.c", source, frozenset(("foo",)))
    assert index.references == ()
    assert [(each.place, each.symbol) for each in index.unclassified] == [(Place("a.c", 3), "foo")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("arch/x/entry.S", "assembly"),
        ("drivers/a/Makefile", "build"),
        ("mm/Kconfig", "build"),
        ("include/asm-generic/x.lds.h", "assembly"),
        ("Documentation/vm/page.rst", "documentation"),
        ("MAINTAINERS", "documentation"),
        ("scripts/check.py", "other"),
    ],
)
def test_files_that_are_no_c_tell_the_kind(path: str, kind: str) -> None:
    index = index_file(path, b"x\ncall foo\n", frozenset(("foo",)))
    actual = [(each.place.line, each.kind) for each in index.references]
    assert actual == [(2, kind)]


def test_a_file_of_that_name_in_a_makefile_is_told_from_the_symbol() -> None:
    source = b"obj-y += foo.o foo/\nfoo-objs := x.o\nfoo-$(CONFIG_A) += y.o\nldflags := -u foo\n"
    index = index_file("lib/Makefile", source, frozenset(("foo",)))
    actual = [(each.place.line, each.kind, each.target) for each in index.references]
    files = [(line, "build", "file") for line in (1, 1, 2, 3)]
    assert actual == [*files, (4, "build", "")]


def test_assembly_has_comments_and_conditions() -> None:
    source = b"#ifdef CONFIG_A\n\tcall foo /* foo */\n#endif\n"
    index = index_file("a.S", source, frozenset(("foo",)))
    actual = [(each.kind, show(each.condition)) for each in index.references]
    assert actual == [("assembly", "CONFIG_A"), ("comment", "CONFIG_A")]


def test_headers_for_assembly_hold_assembly() -> None:
    source = b"extern int foo;\n\t.macro load reg\n\tldr \\reg, =foo\n\t.endm\n"
    index = index_file("a.h", source, frozenset(("foo",)))
    actual = [(each.place.line, each.kind) for each in index.references]
    assert actual == [(1, "prototype"), (3, "assembly")]


def test_skipped_and_references_together_are_all_tokens() -> None:
    for path in sorted(FIXTURES.rglob("*.c")):
        source = path.read_bytes()
        names = frozenset(each["symbol"] for _, each in expected_in(source.decode()))
        index = index_file("a.c", source, names)
        tokens = re.findall(rb"\b(?:" + "|".join(sorted(names)).encode() + rb")\b", source)
        found: tuple[Reference | Skipped, ...] = (*index.references, *index.unclassified)
        assert len(found) == len(tokens), path.name
