"""Turns the modules of a package into its names; a module is loaded when it is looked through.

Most of kpt is not needed by any one command, and loading all of it takes
longer than many answers.
"""

import sys
from collections.abc import Callable
from importlib import import_module


def names_of(package: str, *modules: str) -> Callable[[str], object]:
    """The `__getattr__` of a package (PEP 562) that finds what is in its `__all__`.

    The modules are looked through in this order. A name that one of them has
    itself cannot be found so: once the module is loaded, the name is the module.
    """

    def look(name: str) -> object:
        if name in sys.modules[package].__all__:
            for module in modules:
                found = vars(import_module(f"{package}.{module}"))
                if name in found:
                    return found[name]
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return look
