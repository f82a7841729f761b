"""A git repository in a temporary folder: where tests take git's own word for it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (
        ("NAME", "A Tester"),
        ("EMAIL", "tester@kpt.invalid"),
        ("DATE", "2001-02-03T04:05:06+0100"),
    )
}


class ScratchRepository:
    """Branch `main`, no configuration but its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment |= {"HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=environment | _IDENTITY,
            input=stdin,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout

    def write(self, files: Mapping[str, bytes | None]) -> None:
        """Files of the work tree; None removes one."""
        for path, content in files.items():
            place = self.folder / path
            if content is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)

    def commit(self, message: str, files: Mapping[str, bytes | None] | None = None) -> str:
        """Commit the work tree, after writing `files`; the commit's id."""
        self.write(files or {})
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD").decode().strip()
