"""Turns a Tree and a scenario into C units that hold the Tree's own code, or says what is missing."""

from kpatch_tools.modelcheck.extract.extraction import Model, Request, Unit, Workspace, extract

__all__ = ["Model", "Request", "Unit", "Workspace", "extract"]
