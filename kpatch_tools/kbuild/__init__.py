"""Turns Makefiles and Kconfig files into conditions and configurations; runs nothing."""

from typing import TYPE_CHECKING

from kpatch_tools.lazily import names_of

if TYPE_CHECKING:
    from kpatch_tools.kbuild.configuration import Kbuild
    from kpatch_tools.kbuild.entering import architecture_of
    from kpatch_tools.kbuild.including import Including
    from kpatch_tools.kbuild.numbers import is_comparison, loosened
    from kpatch_tools.kbuild.remembered import configuration_of, configurations_of
else:
    __getattr__ = names_of(
        __name__, "remembered", "including", "numbers", "entering", "configuration"
    )

__all__ = [
    "Including",
    "Kbuild",
    "architecture_of",
    "configuration_of",
    "configurations_of",
    "is_comparison",
    "loosened",
]
