"""Reads Kbuild Makefiles and Kconfig through a Tree; nothing is executed."""
