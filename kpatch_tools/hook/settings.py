"""What the user set for hooks, and what a hook answers."""

from dataclasses import dataclass

from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import Repository

STRICT = "kpt.hook.strict"
MODEL = "kpt.hook.model"
MODEL_SECONDS = "kpt.hook.modelSeconds"
DEFAULT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class HookSettings:
    """`strict`: warnings, incomplete answers and errors of kpt block too.

    `model` as `--model` takes it; all its runs of one push share `model_seconds`.
    """

    strict: bool = False
    model: str = "off"
    model_seconds: int = DEFAULT_SECONDS


@dataclass(frozen=True, slots=True)
class HookOutcome:
    """What to print, and REFUTED where what git was about to do is to be stopped."""

    account: str
    exit_code: Exit


def settings_of(repository: Repository) -> HookSettings:
    """From git config. `KptError` where a value is none of its kind."""
    said = repository.setting(MODEL_SECONDS)
    if said is not None and not (said.isascii() and said.isdigit() and int(said)):
        raise KptError(
            f"{MODEL_SECONDS} is {said!r} in git config, and no number of seconds",
            f"git config {MODEL_SECONDS} {DEFAULT_SECONDS}",
        )
    return HookSettings(
        strict=repository.flag(STRICT),
        model=repository.setting(MODEL) or "off",
        model_seconds=DEFAULT_SECONDS if said is None else int(said),
    )
