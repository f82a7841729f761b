"""The folder in which a hostile case is run: what is there before, and what may be after."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.case import FILES, LINKS, THERE, Hostile
from tests.hostile.table import HOSTILE
from tests.scratch_repository import ScratchRepository

SECRET = "the-secret-that-is-not-told"
# what a terminal would obey, or a reader would not see
STEERING = ("\x1b", "\x07", "\r", "\u202e", "\u2066")


@dataclass(frozen=True, slots=True)
class World:
    """`tree`: what kpt is asked of, `out`: where it may write; it touches nothing else."""

    folder: Path

    @property
    def tree(self) -> Path:
        return self.folder / "work" / "tree"

    @property
    def out(self) -> Path:
        return self.folder / "work" / "out"

    @property
    def series(self) -> Path:
        return self.folder / "work" / "series"

    def make(self, hostile: Hostile) -> None:
        for folder in (self.tree, self.out, self.folder / "outside"):
            folder.mkdir(parents=True)
        (self.folder / "outside" / "secret").write_text(SECRET)
        for path, content in FILES.items():
            (self.tree / path).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / path).write_bytes(content)
        for root, links in ((self.tree, LINKS), (self.out, THERE)):
            for path, target in links.items():
                (root / path).symlink_to(target)
        if hostile.repository:
            ScratchRepository(self.tree).commit("base")
        sent = hostile.series()
        if isinstance(sent, bytes):
            self.series.write_bytes(sent)
            return
        self.series.mkdir()
        for name, text in sent.items():
            if text:
                (self.series / name).write_bytes(text)
            else:
                os.mkfifo(self.series / name)

    def command(self, hostile: Hostile) -> list[str]:
        places = {"series": self.series, "tree": self.tree, "out": self.out}
        return [word.format(**places) for word in hostile.command]

    def environment(self) -> dict[str, str]:
        committer = {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@kpt.invalid"}
        own = {"HOME": str(self.folder / "home"), "KPT_CACHE": "off", "KPT_TRACEBACK": "1"}
        return {**os.environ, **committer, **own}

    def files(self) -> dict[str, str | None]:
        """Everything that is there, but for git's objects: digest, target of a link, or None."""
        return {
            str(path.relative_to(self.folder)): _content(path)
            for path in self.folder.rglob("*")
            if ".git" not in path.relative_to(self.folder).parts[:3]
        }

    def wrong(
        self, hostile: Hostile, before: Mapping[str, str | None], code: int, text: str
    ) -> list[str]:
        """What is not as the case says it should be."""
        wrong = []
        if code != hostile.exit:
            wrong.append(f"exit {code}, not {hostile.exit:d}")
        if hostile.says not in text:
            wrong.append(f"does not say {hostile.says!r}: {text[-200:]!r}")
        wrong += [f"prints {each!r}" for each in STEERING if each in text]
        wrong += [f"prints {each!r}" for each in ("Traceback", SECRET) if each in text]
        after = self.files()
        changed = {path for path in {*before, *after} if before.get(path, 0) != after.get(path, 0)}
        written = {path for path in changed if not (self.folder / path).is_dir()}
        expected = {f"work/out/{path}" for path in hostile.writes}
        if written != expected:
            wrong.append(f"writes {sorted(written ^ expected)[:3]}")
        return wrong


def _content(path: Path) -> str | None:
    if path.is_symlink():
        return str(path.readlink())
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(name: str, folder: str) -> None:
    """Make the world of a case."""
    World(Path(folder)).make(HOSTILE[name])
