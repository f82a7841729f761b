"""Turns Makefiles and Kconfig files into conditions and configurations; runs nothing."""

from kpatch_tools.kbuild.configuration import Kbuild
from kpatch_tools.kbuild.entering import architecture_of, entering
from kpatch_tools.kbuild.including import Including
from kpatch_tools.kbuild.numbers import is_comparison, loosened
from kpatch_tools.kbuild.remembered import configuration_of

__all__ = [
    "Including",
    "Kbuild",
    "architecture_of",
    "configuration_of",
    "entering",
    "is_comparison",
    "loosened",
]
