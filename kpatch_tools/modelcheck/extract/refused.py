"""Turns definitions and macros of a Tree into the reason why they are refused, or none."""

from kpatch_tools.modelcheck.extract.allowlist import refusal, starts_directive
from kpatch_tools.modelcheck.extract.index import SHIM
from kpatch_tools.modelcheck.extract.macros import Macro


def refusal_of_text(path: str, text: str) -> str | None:
    """Why the text of a definition is refused; what stands in the shim is ours."""
    if path.startswith(SHIM):
        return None
    return "a directive" if starts_directive(text) else refusal(text)


def refusal_of_macro(macro: Macro) -> str | None:
    """Why a macro is refused."""
    if macro.path.startswith(SHIM):
        return None
    parameters = frozenset((*(macro.parameters or ()), macro.rest))
    return refusal(f"{macro.name} {macro.body}", parameters)
