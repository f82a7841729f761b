"""What kpt says still names a label that went is what the assembler leaves undefined."""

import re
import subprocess
from pathlib import Path

from kpatch_tools.csource.assembly_labels import defining_macros, labels, uses_as_operand
from tests.check_cases import examined, reviewed
from tests.test_checks_against_gcc import GCC, written

NAME = "stale-reference/label_of_assembly_gone"


def of_nm(path: str, folder: Path) -> list[tuple[str, str]]:
    """(letter, name) of each symbol of the object that gcc makes of the file."""
    made = folder / f"{path}.o"
    subprocess.run(
        [GCC[0], "-c", "-Iinclude", "-o", str(made), path], cwd=folder, check=True, timeout=60
    )
    listed = subprocess.run(["nm", str(made)], capture_output=True, text=True, check=True)
    return re.findall(r"(\w) (\w+)$", listed.stdout, re.MULTILINE)


def test_labels_left_are_those_that_the_assembler_misses(tmp_path: Path) -> None:
    last = reviewed(NAME).snapshots[-1]
    written(last.tree, tmp_path)
    symbols = {
        path: of_nm(path, tmp_path)
        for path in last.tree.paths()
        if path.startswith("lib/") and path.endswith((".S", ".c"))
    }
    defined = {name for found in symbols.values() for letter, name in found if letter in "TW"}
    missed = {
        (path, name)
        for path, found in symbols.items()
        for letter, name in found
        if letter == "U" and name not in defined
    }
    ours = {
        (finding.place.path, finding.symbol)
        for finding in examined(NAME).findings
        if finding.patch == last.number
    }
    # the mark of its end, which is nothing to the assembler
    assert ours == missed | {("lib/entry.S", "take_one")}


def test_labels_are_told_from_registers_and_local_symbols() -> None:
    source = b"r1:0 = r2\n.Lhere:\n1:\tnop\nshown:\tnop\nhidden: nop\n# gone: nop\n.globl shown\n"
    found = labels(source, {})
    assert {name: label.is_global for name, label in found.items()} == {
        "shown": True,
        "hidden": False,
    }


def test_macros_that_make_labels() -> None:
    source = (
        b".macro routine name, size\n.globl \\name\n\\name\\():\n.endm\n"
        b".macro inner name\n.macro other one\n\\one:\n.endm\n\tcall \\name\n.endm\n"
        b".macro plain\n\tnop\n.endm\n"
    )
    assert defining_macros([source]) == {b"routine": True, b"other": False}


def test_what_begins_a_statement_or_stands_in_a_remark_is_no_use() -> None:
    assert uses_as_operand(b"\tjmp\tmul", "mul")
    assert uses_as_operand(b"1:\tbeq\tmul\t# back", "mul")
    assert not uses_as_operand(b"\tmul\t%ecx", "mul")
    assert not uses_as_operand(b"\tnop; mul %ecx", "mul")
    assert not uses_as_operand(b"\tnop\t| then mul", "mul")
