"""The index of a tree, include closures, and laws of the lexer and the mask."""

import random
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from kpatch_tools.condition import TRUE, Atom, Condition, show
from kpatch_tools.csource import identifiers, include_closure, index_tree
from kpatch_tools.csource.edits import Rule
from kpatch_tools.csource.lexer import SHORT, FewTimes, any_word, scrub, spelled, tokens_naming
from kpatch_tools.csource.mask import SHAPE_RULES, WORD_RULES
from kpatch_tools.csource.source_file import SourceFile
from kpatch_tools.domain import Place
from kpatch_tools.tree import open_tree

FIXTURES = Path(__file__).parent.parent / "fixtures" / "csource"
EMPTIED = re.compile(rb"([\"'])(?:\\.|(?!\1)[^\n\\])*\1", re.DOTALL)
SOURCES = sorted(FIXTURES.rglob("*.c"))


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


def test_index_of_a_tree_joins_files_sorted_under_their_conditions(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "mm/b.c": "#ifdef CONFIG_B\nint f(void) { return foo(1); }\n#endif\n",
            "mm/a.c": "int foo(int a)\n{\n\treturn LIMIT;\n}\n",
            "mm/none.c": "int bar(void);\n",
            "include/a.h": "#define LIMIT 3\nint foo(int a);\n",
            "Documentation/a.rst": "foo() works.\n",
        },
    )

    def condition(path: str) -> Condition:
        return Atom("CONFIG_MM") if path.startswith("mm/") else TRUE

    index = index_tree(open_tree(str(folder)), frozenset(("foo", "LIMIT")), condition)

    symbols = [(each.name, each.kind, each.place) for each in index.symbols]
    assert symbols == [
        ("LIMIT", "macro", Place("include/a.h", 1)),
        ("foo", "prototype", Place("include/a.h", 2)),
        ("foo", "function", Place("mm/a.c", 1)),
    ]
    references = [
        (each.symbol, each.kind, each.place.path, show(each.condition)) for each in index.references
    ]
    assert references == [
        ("foo", "documentation", "Documentation/a.rst", "1"),
        ("LIMIT", "definition", "include/a.h", "1"),
        ("foo", "prototype", "include/a.h", "1"),
        ("foo", "definition", "mm/a.c", "CONFIG_MM"),
        ("LIMIT", "macro", "mm/a.c", "CONFIG_MM"),
        ("foo", "call", "mm/b.c", "CONFIG_MM && CONFIG_B"),
    ]


KERNEL = {
    "mm/a.c": (
        '#include <linux/one.h>\n#include "near.h"\n#ifdef X\n#include <asm/page.h>\n#endif\n'
    ),
    "mm/near.h": "#include <linux/three.h>\n/* #include <linux/unused.h> */\n",
    "include/linux/one.h": "#pragma once\n#include <linux/two.h>\n#include <linux/one.h>\n",
    "include/uapi/linux/two.h": "",
    "include/linux/three.h": "#include <asm/generic.h>\n#include <generated/bounds.h>\n",
    "include/linux/kconfig.h": "",
    "include/linux/unused.h": "",
    "include/asm-generic/generic.h": "#include MACRO_FILE\n",
    "arch/x86/include/asm/page.h": "",
    "arch/arm/include/uapi/asm/page.h": "",
    "arch/arm/kernel/b.c": "#include <asm/page.h>\n",
    "near.h": "",
}


def test_include_closure_follows_kbuild_folders(tmp_path: Path) -> None:
    tree = open_tree(str(written(tmp_path, KERNEL)))
    found = include_closure(tree, "mm/a.c")
    assert found.files == (
        "arch/arm/include/uapi/asm/page.h",
        "arch/x86/include/asm/page.h",
        "include/asm-generic/generic.h",
        "include/linux/kconfig.h",
        "include/linux/one.h",
        "include/linux/three.h",
        "include/uapi/linux/two.h",
        "mm/near.h",
    )
    assert [(each.place, each.reason) for each in found.unresolved] == [
        (Place("include/asm-generic/generic.h", 1), "include not found: a macro"),
        (Place("include/linux/three.h", 2), "include not found: generated/bounds.h"),
    ]


def test_include_closure_of_an_architecture_stays_in_it(tmp_path: Path) -> None:
    tree = open_tree(str(written(tmp_path, KERNEL)))
    found = include_closure(tree, "arch/arm/kernel/b.c")
    assert found.files == ("arch/arm/include/uapi/asm/page.h", "include/linux/kconfig.h")


def test_include_closure_holds_what_gcc_reads(tmp_path: Path) -> None:
    folder = written(tmp_path, {**KERNEL, "include/asm-generic/generic.h": ""})
    arch = ["-Iarch/x86/include", "-Iarch/x86/include/uapi", "-Iinclude", "-Iinclude/uapi"]
    written(folder, {"arch/x86/include/asm/generic.h": "#include <asm-generic/generic.h>\n"})
    written(folder, {"include/generated/bounds.h": ""})
    done = subprocess.run(
        ["gcc", "-MM", "-DX", *arch, "-include", "include/linux/kconfig.h", "mm/a.c"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    read = set(done.stdout.replace("\\\n", " ").split()[1:]) - {"mm/a.c"}
    assert read - set(include_closure(open_tree(str(folder)), "mm/a.c").files) == set()


def test_identifiers_stand_outside_comments_and_literals() -> None:
    source = b'int a1 = 0x1fUL; /* b */ char *c = "d \\" e"; // f \\\n g\n#define H \'i\' "j" "\n'
    expected = {"int", "a1", "char", "c", "define", "H"}
    assert identifiers(source) == expected


def test_tokens_tell_where_they_stand() -> None:
    source = b'foo /* foo */ "foo" foox xfoo x.foo // foo\n'
    tokens = tokens_naming(source, scrub(source), frozenset(("foo",)))
    assert [(each.start, each.where) for each in tokens] == [
        (0, "code"),
        (7, "comment"),
        (15, "string"),
        (32, "code"),
        (39, "comment"),
    ]


def test_any_word_finds_exactly_the_words() -> None:
    choose = random.Random(1)
    words = frozenset("".join(choose.choices("ab_1", k=choose.randint(1, 5))) for _ in range(60))
    text = " ".join("".join(choose.choices("ab_1", k=choose.randint(1, 5))) for _ in range(600))
    plain = [word for word in re.findall(r"\w+", text) if word in words]
    assert [each.decode() for each in any_word(words).findall(text.encode())] == plain

    few = FewTimes(words)
    for _ in range(SHORT // len(text) + 3):
        assert [each[0].decode() for each in few.finditer(text.encode())] == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"struct  page*a [4]", "struct page *a[4]"),
        (b"int(*f)( void*,int n )", "int (*f)(void *, int n)"),
        (b"a->b . c ++ && ! d", "a->b.c++ && !d"),
        (b"x \\\n = y", "x = y"),
    ],
)
def test_text_is_spelled_in_one_way(text: bytes, expected: str) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_scrubbed_code_keeps_lines_and_what_gcc_keeps(path: Path) -> None:
    source = path.read_bytes()
    code = scrub(source)
    assert len(code) == len(source)
    assert [len(line) for line in code.split(b"\n")] == [len(line) for line in source.split(b"\n")]
    flags = ["-E", "-P", "-fpreprocessed", "-x", "c", "-"]
    ours, theirs = (
        subprocess.run(["gcc", *flags], input=text, capture_output=True, check=True).stdout
        for text in (EMPTIED.sub(rb"\1\1", code), EMPTIED.sub(rb"\1\1", source))
    )
    assert ours.split() == theirs.split()


@pytest.mark.parametrize(("name", "rule"), [*WORD_RULES, *SHAPE_RULES])
def test_every_mask_rule_stays_within_the_file(name: str, rule: Rule) -> None:
    for path in SOURCES:
        bare = SourceFile("a.c", path.read_bytes()).bare
        for cut in (len(bare), len(bare) // 2, len(bare) // 3):
            text = bare[:cut]
            for start, new in rule(text):
                assert 0 <= start <= start + len(new) <= len(text), (name, path.name)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_masking_keeps_offsets_and_masks_once(path: Path) -> None:
    file = SourceFile("a.c", path.read_bytes())
    union = file.parses[0]
    assert len(union.masked.text) == len(file.source)
    changed = [at for at in range(len(file.bare)) if union.masked.text[at] != file.bare[at]]
    unknown = [at for at in changed if union.masked.change(at, at + 1) is None]
    assert all(any(start <= at < end for start, end in union.blanks) for at in unknown)
