"""Writes kpt's hooks where git looks for them, and takes them away again.

What stands there already is kept under another name and called first; it comes
back when the hook goes.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.errors import KptError
from kpatch_tools.git import Repository, hooks_folder
from kpatch_tools.hook.script import is_ours, script
from kpatch_tools.hook.where import calling_repository

HOOKS = ("pre-push", "sendemail-validate")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hook stands, and where that which stood there before is kept."""

    hook: Path

    @property
    def earlier(self) -> Path:
        return self.hook.with_name(f"{self.hook.name}.before-kpt")

    @property
    def is_ours(self) -> bool:
        try:
            return is_ours(self.hook.read_bytes())
        except FileNotFoundError:
            return False

    @property
    def is_taken(self) -> bool:
        """Whether anything has its name, be it a link to nowhere."""
        return os.path.lexists(self.hook)


def install(directory: Path, hooks: Sequence[str], python: str) -> str:
    """Write the hooks of the repository at hand; say where.

    `python` is the interpreter that has kpt. `KptError`, and nothing written,
    where a hook cannot be kept beside one that is kept already.
    """
    repository = calling_repository(directory)
    folder = hooks_folder(repository)
    with _told(folder):
        places = [Place(folder / name) for name in hooks]
        for place in places:
            _refuse_to_overwrite(place)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [line for place in places for line in _installed(place, python)]
    return "".join(f"{line}\n" for line in (*lines, *_whose(repository, folder)))


def uninstall(directory: Path, hooks: Sequence[str]) -> str:
    """Take hooks away (none named: all that kpt wrote), and put back what they chained.

    `KptError`, and nothing removed, where one is not kpt's.
    """
    folder = hooks_folder(calling_repository(directory))
    with _told(folder):
        places = [Place(folder / name) for name in hooks or HOOKS]
        found = [place for place in places if _is_removable(place)]
        for place in places if hooks or not found else found:
            if not _is_removable(place):
                raise KptError(f"{place.hook} is not a hook of kpt", "kpt hook install writes one")
        lines = [_uninstalled(place) for place in found]
    return "".join(f"{line}\n" for line in lines)


def _refuse_to_overwrite(place: Place) -> None:
    if place.is_taken and not place.is_ours and os.path.lexists(place.earlier):
        raise KptError(
            f"{place.hook} is not kpt's, and {place.earlier.name} beside it keeps an earlier hook",
            "make one of the two, or move the one away that is not wanted",
        )


def _installed(place: Place, python: str) -> Iterator[str]:
    if place.is_taken and not place.is_ours:
        place.hook.rename(place.earlier)
    text = script(place.hook.name, place.earlier.name, python)
    written = place.hook.with_name(f".{place.hook.name}.{os.getpid()}")
    written.write_text(text, encoding="utf-8", errors="surrogateescape")
    written.chmod(0o755)
    written.replace(place.hook)
    yield f"installed {place.hook}"
    if os.path.lexists(place.earlier):
        runs = os.access(place.earlier, os.X_OK) and place.earlier.is_file()
        said = "it calls" if runs else "it does not call, for git could not either,"
        yield f"  {said} the hook that stood there, now {place.earlier.name}"


def _is_removable(place: Place) -> bool:
    """Ours, or one that was deleted by hand and left an earlier one behind."""
    return place.is_ours or (not place.is_taken and os.path.lexists(place.earlier))


def _uninstalled(place: Place) -> str:
    place.hook.unlink(missing_ok=True)
    if os.path.lexists(place.earlier):
        place.earlier.rename(place.hook)
        return f"removed kpt's hook; {place.hook} is the one that stood there before"
    return f"removed {place.hook}"


def _whose(repository: Repository, folder: Path) -> Iterator[str]:
    """Who else runs a hook of this folder."""
    own = (repository.common_folder().resolve(), repository.path.resolve())
    if not any(folder.is_relative_to(each) for each in own):
        yield (
            f"  {folder} is outside this repository (core.hooksPath): every repository"
            " that is set to it runs the hook"
        )
    elif repository.common_folder() != repository.git_dir and folder.is_relative_to(own[0]):
        yield "  every work tree of the repository runs it"


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the file system refuses, as a `KptError`."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise KptError(
            f"cannot change hooks: {where}: {error.strerror}",
            "git looks for hooks there; git config core.hooksPath names another folder",
        ) from error
