"""Turns git configuration, and files written like it, into keys and values."""

from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git.repository import Repository
from kpatch_tools.git.running import first_line, run

# git config --get-regexp ends so where nothing matches
_NOTHING = 1


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One line of a configuration: `section.key` in git's spelling, and the file it stands in.

    A key that stands alone means true, as git has it. `origin` is as git shows
    it: `file:.git/config`, `command line:`.
    """

    key: str
    value: str
    origin: str


def configured(repository: Repository | None, section: str) -> tuple[ConfigEntry, ...]:
    """Every key of a section, in the order in which git reads them: the last one counts.

    Without a repository what the user and the system have set. KptError where
    a file cannot be read.
    """
    where = [] if repository is None else [f"--git-dir={repository.git_dir}"]
    asked = ("config", "-z", "--show-origin", "--get-regexp", rf"^{section}\.")
    directory = Path.cwd() if repository is None else repository.path
    status, output, error = run(["git", *where, *asked], directory)
    if status not in (0, _NOTHING):
        raise KptError(f"git config failed: {first_line(error)}", "mend the file it names")
    # origin NUL key LF value NUL
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    return tuple(
        _entry(said, origin) for origin, said in zip(fields[::2], fields[1::2], strict=False)
    )


def listed(content: bytes, name: str) -> tuple[ConfigEntry, ...]:
    """What a text in git's configuration format says; files that it includes are not read.

    KptError (exit 3) where it is not in that format.
    """
    asked = ["git", "config", "-z", "--file", "-", "--no-includes", "--list"]
    status, output, error = run(asked, Path.cwd(), content)
    if status:
        raise KptError(
            f"{name} is no git configuration: {first_line(error)}",
            "write it as in .git/config: a line [kpt], then key = value",
            Exit.NOT_UNDERSTOOD,
        )
    return tuple(_entry(said, name) for said in output.decode("utf-8", "replace").split("\0")[:-1])


def _entry(said: str, origin: str) -> ConfigEntry:
    key, line_feed, value = said.partition("\n")
    return ConfigEntry(key, value if line_feed else "true", origin)
