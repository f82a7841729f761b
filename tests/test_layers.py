"""The layer table of ARCHITECTURE.md, held against the imports of every module."""

import ast
import re
from pathlib import Path

import kpatch_tools

PACKAGE = Path(kpatch_tools.__file__).parent
GATES = {
    "git": ("git",),
    "unidiff": ("diff",),
    "tree_sitter": ("csource",),
    "tree_sitter_c": ("csource",),
    "pysat": ("condition",),
    "click": ("cli",),
    "rich": ("cli",),
    "sqlite3": ("cache",),
    "elftools": ("modelcheck",),
    "subprocess": ("git", "modelcheck"),
}


def rows() -> dict[str, int]:
    text = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d+) \| ([a-z, ]+) \|", text, re.MULTILINE)
    return {name: int(row) for row, names in table for name in names.split(", ")}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "kpatch_tools":
                names.update(f"kpatch_tools.{alias.name}" for alias in node.names)
            else:
                names.add(node.module)
    return names


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_the_table_names_every_module_and_no_other() -> None:
    assert set(rows()) == {home(path) for path in sources()} - {"__init__"}


def test_imports_point_to_lower_rows_only() -> None:
    row = rows()
    wrong = []
    for path in sources():
        here = home(path)
        if here == "__init__":
            continue
        for name in imported(path):
            if name.startswith("kpatch_tools."):
                there = name.split(".")[1]
                if there != here and row.get(there, -1) >= row[here]:
                    wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_each_library_has_one_gate() -> None:
    wrong = []
    for path in sources():
        top = home(path)
        for name in imported(path):
            gate = GATES.get(name.split(".")[0])
            if gate is not None and top not in gate:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_print_and_exit_only_in_cli() -> None:
    wrong = []
    for path in sources():
        # a copy of the process ends where its work does
        if home(path) in {"cli", "apart"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in {"print", "sys.exit", "exit", "os._exit"}:
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} calls {called}")
    assert wrong == []
