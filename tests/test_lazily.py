"""Packages that load a module when one of its names is asked for."""

import ast
import importlib
from pathlib import Path

import pytest

import kpatch_tools

PACKAGE = Path(kpatch_tools.__file__).parent
LAZY = sorted(
    path.parent.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.glob("*/__init__.py")
    if "names_of(" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", LAZY)
def test_every_name_is_found_and_is_no_module_of_that_name(name: str) -> None:
    package = importlib.import_module(f"kpatch_tools.{name}")
    modules = {path.stem for path in (PACKAGE / name).glob("*.py")}

    assert [each for each in package.__all__ if each in modules] == []
    assert [each for each in package.__all__ if not hasattr(package, each)] == []


@pytest.mark.parametrize("name", LAZY)
def test_the_names_are_those_that_a_type_checker_sees(name: str) -> None:
    inside = f"kpatch_tools.{name}."
    tree = ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8"))
    seen = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(inside)
        for alias in node.names
    ]

    assert sorted(seen) == sorted(importlib.import_module(f"kpatch_tools.{name}").__all__)


def test_a_name_that_is_nowhere_is_an_error() -> None:
    package = importlib.import_module("kpatch_tools.domain")

    assert not hasattr(package, "import_module")
