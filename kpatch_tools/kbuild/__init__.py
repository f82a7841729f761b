"""Turns Makefiles and Kconfig files into conditions and configurations; runs nothing."""

from kpatch_tools.kbuild.configuration import Kbuild
from kpatch_tools.kbuild.including import Including
from kpatch_tools.kbuild.numbers import is_comparison, loosened
from kpatch_tools.kbuild.remembered import configuration_of

__all__ = ["Including", "Kbuild", "configuration_of", "is_comparison", "loosened"]
