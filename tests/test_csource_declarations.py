"""Declarations of C fixtures whose expectations stand on the line (fixtures/csource/declarations).

`int f(int a)  /* function f as int (int) until 9 if CONFIG_A */`: kind and name, `of` the
owner, `as` the signature or text, `until` its last line. Every symbol must be expected.
"""

import re
from pathlib import Path
from typing import get_args

import pytest

from kpatch_tools.condition import show
from kpatch_tools.csource import definition_text, identifiers, index_file
from kpatch_tools.csource.declarations import declarations
from kpatch_tools.domain import Place, Symbol, SymbolKind

FIXTURES = Path(__file__).parent.parent / "fixtures" / "csource" / "declarations"
KINDS = "|".join(get_args(SymbolKind))
EXPECTATION = re.compile(rf"/\*( (?:{KINDS}) \w+\b.*?) \*/")
ONE = re.compile(
    rf"(?P<kind>{KINDS}) (?P<name>\w+)(?: of (?P<owner>\w+))?(?: as (?P<text>.*?))?"
    r"(?: until (?P<last>\d+))?(?: if (?P<condition>.*))?\Z"
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


def spelled_signature(symbol: Symbol) -> str:
    signature = symbol.signature
    assert signature is not None
    words = ["static"] * signature.static + ["inline"] * signature.inline + [signature.returns]
    listed = [*signature.parameters, *["..."] * signature.variadic]
    gap = "" if signature.returns.endswith("*") else " "
    return f"{' '.join(words)}{gap}({', '.join(listed)})"


def said(symbol: Symbol, asked: Said) -> Said:
    text = symbol.text or '""'
    if symbol.signature is not None and asked.get("text") != symbol.text:
        text = spelled_signature(symbol)
    every = {
        "kind": symbol.kind,
        "name": symbol.name,
        "owner": symbol.owner,
        "text": text,
        "last": str(symbol.last),
        "condition": show(symbol.condition),
    }
    return {key: every[key] for key in asked}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.c")), ids=lambda path: path.stem)
def test_every_symbol_is_what_its_line_says(path: Path) -> None:
    source = path.read_text()
    expected = expected_in(source)
    asked = {(number, each["kind"], each["name"]): each for number, each in expected}
    bare = EXPECTATION.sub(lambda match: " " * len(match[0]), source)
    actual = [
        (symbol.place.line, said(symbol, asked.get(key, {"kind": "", "name": "", "text": ""})))
        for symbol in declarations("fixture.c", bare.encode())
        for key in [(symbol.place.line, symbol.kind, symbol.name)]
    ]
    assert sorted(actual, key=str) == sorted(expected, key=str)


def test_definition_text_tells_an_edit_from_a_new_layout() -> None:
    source = b'int f(int a)\n{\n\tg("x  y", a); /* why */\n}\n'
    moved = b'\n\nint f(int a) {\n  g("x  y",\n    a);\n}\n'
    edited = source.replace(b"x  y", b"x y")

    def text(of: bytes) -> str:
        return definition_text(declarations("a.c", of)[0], of)

    assert text(source) == text(moved)
    assert text(source) != text(edited)


def test_index_has_the_symbols_asked_for_only() -> None:
    source = (
        b"#define flag(x) int is_##x(void) { return 1; }\nflag(on)\nint f(void);\nint g(void);\n"
    )
    index = index_file("a.h", source, frozenset(("is_on", "g")))
    actual = [(each.name, each.kind, each.place) for each in index.symbols]
    assert actual == [("is_on", "function", Place("a.h", 2)), ("g", "prototype", Place("a.h", 4))]


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.c")), ids=lambda path: path.stem)
def test_what_is_around_one_name_declares_it_as_the_whole_file_does(path: Path) -> None:
    source = path.read_bytes()
    every = declarations("fixture.c", source)
    # what is pasted is found otherwise, see test_csource_pasting.py
    for name in sorted({symbol.name for symbol in every} & identifiers(source)):
        own = tuple(symbol for symbol in every if symbol.name == name)
        assert index_file("fixture.c", source, frozenset({name})).symbols == own


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # the names follow on the next line
        (b"typedef struct item {\n\tint a;\n}\nitem_t, *item_p;\n", ("item_t", "typedef")),
        (b"int a[] = {\n1\n}\n;\nint item_t;\n", ("item_t", "variable")),
        (b"int f(void)\n{\n}\nint item_t(void);\n", ("item_t", "prototype")),
        (b"int f(void) {\n}\nint item_t(void);\n", ("item_t", "prototype")),
        # defined by a well-known macro of which it is an argument
        (b"static DEFINE_MUTEX(item_t);\nint *p = &item_t;\n", ("item_t", "variable")),
    ],
)
def test_a_symbol_is_known_from_what_is_around_its_name(
    source: bytes, expected: tuple[str, str]
) -> None:
    index = index_file("a.c", source, frozenset({"item_t"}))
    assert [(each.name, each.kind) for each in index.symbols] == [expected]


def test_a_name_that_only_the_mask_wrote_is_no_symbol() -> None:
    # unknown macros in rows: one of them is taken for a type, and its arguments are rewritten
    source = (
        b"ITEM_HELP_START(save)\n"
        b'ITEM_HELP_USAGE("save [file]\\n")\n'
        b'ITEM_HELP_SHORT("Save it.\\n")\n'
        b"ITEM_HELP_END\n"
        b"\n"
        b"ITEM_START(save)\n"
        b"\t.cmd = do_save,\n"
        b'\t.usage = "save",\n'
        b"\tITEM_HELP(save_help)\n"
        b"ITEM_END\n"
    )

    assert declarations("x.c", source) == ()


def test_long_words_and_rows_of_words_take_no_quadratic_time() -> None:
    for body in (b"AAA " * 200_000, b"int " + b"a" * 2_000_000 + b";"):
        found = declarations("a.h", b"struct item {\n" + body + b"\n};\nint after(void);\n")
        assert "after" in {symbol.name for symbol in found}
