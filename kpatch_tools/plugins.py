"""Turns a folder of the package into its plug-ins: one module, one thing."""

import importlib
import inspect
import pkgutil
from types import ModuleType


def rule_name(module_name: str) -> str:
    """The public name of a plug-in: its file name with `-` for `_`."""
    return module_name.rpartition(".")[2].replace("_", "-")


def modules(package: str) -> dict[str, ModuleType]:
    """Every module of `package` by public name, sorted; names with a leading `_` are parts."""
    parent = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(parent.__path__))
    return {
        rule_name(name): importlib.import_module(f"{package}.{name}")
        for name in names
        if not name.startswith("_")
    }


def explanation(module: ModuleType) -> str:
    """The docstring of a plug-in, dedented: what `kpt explain` prints."""
    return inspect.getdoc(module) or ""
