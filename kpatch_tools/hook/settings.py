"""What the user set for hooks, and what a hook answers."""

import os
from dataclasses import dataclass, field

from kpatch_tools.errors import Exit
from kpatch_tools.git import Repository
from kpatch_tools.settings import TRUE, Settings, settings_of_options, settings_of_user

STRICT = "hook.strict"


@dataclass(frozen=True, slots=True)
class HookSettings:
    """`strict`: warnings, incomplete answers and errors of kpt block too.

    `asked`: all that was set, with the model that hooks run; all its runs of
    one series share `model_seconds`.
    """

    strict: bool = False
    model_seconds: int = 0
    asked: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class HookOutcome:
    """What to print, and REFUTED where what git was about to do is to be stopped."""

    account: str
    exit_code: Exit


def is_strict(repository: Repository) -> bool:
    """What is said of this alone, whatever is wrong with other settings."""
    said = os.environ.get("KPT_HOOK_STRICT", repository.setting(f"kpt.{STRICT}"))
    return said is not None and said.lower() in TRUE


def settings_of(repository: Repository) -> HookSettings:
    """From git config and the environment. `KptError` where a value is none of its kind."""
    said = settings_of_user(repository, os.environ)
    strict = said.flag(STRICT)
    own = settings_of_options(model=said.text("hook.model"), fail_on="warning" if strict else None)
    return HookSettings(strict, int(said.text("hook.modelSeconds")), own.over(said))
