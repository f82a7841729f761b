"""The ways in which a person in a kernel tree hands over a series, through real pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository

KPT = f"{sys.executable} -m kpatch_tools.cli"
B4 = str(Path(sys.executable).parent / "b4")
HEADER = b"int old_start(int mode);\n"
USER = b'#include "a.h"\n\nint use(void)\n{\n\treturn old_start(1);\n}\n'
# by hand: patch 1 renames the declaration, and the use in line 5 waits for patch 2
FOUND = [("stale-reference", "mm/a.c", 5, 1, 2)]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> ScratchRepository:
    """A base, something else, and a series of two whose first leaves a user behind."""
    made = ScratchRepository(tmp_path_factory.mktemp("tree") / "linux")
    made.git("config", "user.name", "A Tester")
    made.git("config", "user.email", "tester@kpt.invalid")
    made.git("config", "b4.attestation-policy", "off")
    build = {"Kconfig": b"\n", "Makefile": b"obj-y += mm/\n", "mm/Makefile": b"obj-y += a.o\n"}
    made.commit("base", {"mm/a.h": HEADER, "mm/a.c": USER, **build})
    made.commit("unrelated", {"mm/b.c": b"int b;\n"})
    made.commit("mm: rename", {"mm/a.h": HEADER.replace(b"old_start", b"new_start")})
    made.commit("mm: move the user", {"mm/a.c": USER.replace(b"old_start", b"new_start")})
    return made


def shell(repository: ScratchRepository, command: str) -> tuple[int, bytes, str]:
    """Exit code, standard output and standard error of a line of sh in the repository."""
    home = repository.folder.parent
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "KPT_CACHE": "off"}
    line = f"set -o pipefail; {command}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=repository.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def found(report: bytes) -> list[tuple[str, str, int, int, int | None]]:
    return [
        (each["rule"], each["path"], each["line"], each["introduced_in"], each["gone_in"])
        for each in json.loads(report)["findings"]
        if not each["preexisting"]
    ]


WAYS = {
    "format-patch into standard input": "git format-patch -2 --stdout | {kpt} verify -",
    "with a cover letter": "git format-patch -2 --cover-letter --stdout | {kpt} verify -",
    "with the base it was made for": "git format-patch --base=auto -2 --stdout | {kpt} verify -",
    "a range to HEAD": "{kpt} verify HEAD~2..",
    "a range in full": "{kpt} verify HEAD~2..HEAD",
    "a range of a branch": "{kpt} verify HEAD~2..main",
    "a folder of patches": "git format-patch -q -2 -o ../out && {kpt} verify ../out",
    "from a folder in the tree": "cd mm && git format-patch -2 --stdout | {kpt} verify -",
    "named from elsewhere": "git format-patch -2 --stdout > ../m && cd / &&"
    " {kpt} verify $OLDPWD/../m --tree $OLDPWD",
    "what b4 am gives": "git format-patch --thread --stdout -2 > ../thread.mbox &&"
    " {b4} am --no-cache -m ../thread.mbox -o- | {kpt} verify -",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_findings(way: str, repository: ScratchRepository) -> None:
    repository.git("branch", "--force", "upstream", "HEAD~2")
    repository.git("branch", "--set-upstream-to=upstream", "main")
    command = WAYS[way].format(kpt=KPT, b4=B4).replace(" verify ", " verify --format json ")
    code, out, err = shell(repository, command)
    assert (code, found(out)) == (1, FOUND), err
    assert "Traceback" not in err
    if "b4 am" not in way:
        assert err == ""


def test_the_base_is_found_behind_the_series(repository: ScratchRepository) -> None:
    """HEAD has the series already: what format-patch writes is judged on the commit before."""
    command = f"git format-patch -2 --stdout | {KPT} verify - --format json"
    _, out, _ = shell(repository, command)
    base = repository.git("rev-parse", "HEAD~2").decode()[:12]
    assert json.loads(out)["base"] == f".@{base}"


def test_a_pipe_that_breaks_or_is_empty_is_said(repository: ScratchRepository) -> None:
    code, out, err = shell(repository, f"git format-patch --stdout no-such..HEAD | {KPT} verify -")
    assert (code, out) == (3, b"")
    assert "kpt: error: standard input" in err
    code, out, err = shell(repository, f"{KPT} verify HEAD..")
    assert (code in (2, 3), out, "hint: " in err) == (True, b"", True)
    code, _, err = shell(repository, f"{KPT} verify HEAD~2.. | head -1")
    assert "Traceback" not in err
