"""Turns a place in a diff and what is wrong there into the error that says so."""

from kpatch_tools.errors import Exit, KptError


def mistake(line: int, what: str, hint: str) -> KptError:
    """An error about 1-based `line` of the text the diff stands in."""
    return KptError(f"line {line}: {what}", hint, Exit.NOT_UNDERSTOOD)


CUT_OFF = "fetch the patch again: it looks cut off or edited by hand"
