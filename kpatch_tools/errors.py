"""What is wrong with the call or the machine, as one exception.

What is wrong with the *series* is never raised: it is a value (a `Rejected`,
a `Finding`, a `Skipped`).
"""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every kpt command (design.md, Contracts)."""

    PROVED = 0
    REFUTED = 1
    USAGE = 2
    NOT_UNDERSTOOD = 3
    DOES_NOT_APPLY = 4
    INCOMPLETE = 5
    INTERNAL = 70


class KptError(Exception):
    """What happened and where (`message`), what to do about it (`hint`).

    Lower case, no full stop. Caught once, in `cli`, which prints both and
    exits with `exit_code`.
    """

    def __init__(self, message: str, hint: str, exit_code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type["KptError"], tuple[str, str, Exit]]:
        """As a process of ours sends it to another."""
        return KptError, (self.message, self.hint, self.exit_code)


class NoPatchError(KptError):
    """What was given is understood, and is no patch: talk, a cover letter, a request to pull."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint, Exit.NOT_UNDERSTOOD)


def nearly(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that asks for the known names which are nearly this one, before the other hint."""
    from difflib import get_close_matches  # not needed where all is well

    near = get_close_matches(name, sorted(known), n=3)
    return f"did you mean {' or '.join(near)}? {otherwise}" if near else otherwise
