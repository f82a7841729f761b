"""Turns what git asks of a hook into an answer; an error of kpt's stops git only when strict."""

from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.hook.mailing import validate
from kpatch_tools.hook.pushing import Hook, Pushed, push
from kpatch_tools.hook.settings import HookOutcome, is_strict, settings_of
from kpatch_tools.hook.where import calling_repository


@dataclass(frozen=True, slots=True)
class Mailed:
    """The file of a mail that is about to be sent."""

    file: Path


def answered(
    directory: Path, asked: Pushed | Mailed, cache: Cache, progress: Progress
) -> HookOutcome:
    """What a hook that runs in the folder says, and whether git is to stop."""
    strict = False
    try:
        repository = calling_repository(directory)
        strict = is_strict(repository)
        hook = Hook(repository, settings_of(repository), cache, progress)
        match asked:
            case Pushed():
                return push(hook, asked)
            case Mailed():
                return validate(hook, asked.file)
            case _ as never:
                assert_never(never)
    except KptError as error:
        text = f"kpt: error: {error.message}\n  hint: {error.hint}\nkpt: nothing was verified\n"
        return HookOutcome(text, Exit.REFUTED if strict else Exit.PROVED)
