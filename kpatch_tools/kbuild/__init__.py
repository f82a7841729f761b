"""Turns Makefiles and Kconfig files into conditions and configurations; runs nothing."""

from kpatch_tools.kbuild.configuration import Kbuild

__all__ = ["Kbuild"]
