"""Writes, and checks, what a new user sees on the first day: the block in README.md.

    python tests/transcript.py           # writes it into README.md

Every command is run as it is shown, in a folder of its own that is `~` here. What
differs from a user's day: the packages that kpt needs are those of the Python
that runs this, and dates of commits are fixed. Lines left out are marked `[...]`.
"""

import os
import re
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BEGIN = "<!-- made by tests/transcript.py -->\n"
END = "<!-- end of what tests/transcript.py made -->\n"
LEFT_OUT = "[...]"
WIDTH = 96
SERIES = "kpt/fixtures/series/balloon-v2"
TREE = "kpt/fixtures/trees/linux-mini"


@dataclass(frozen=True)
class Command:
    """A line that is typed, the exit code that must come, and what is shown of the output.

    `shown` are regular expressions: of each the first line it fits, and those that
    follow as far as `(?#n)` says. Without any, all of the output is.
    """

    line: str
    code: int = 0
    shown: tuple[tuple[str, int], ...] = ()


PIP = ("REQUIRE_VIRTUALENV", "NO_DEPS", "NO_INDEX", "DISABLE_PIP_VERSION_CHECK")
WHO = {"NAME": "You", "EMAIL": "you@kpt.invalid", "DATE": "2026-01-01T12:00:00+0000"}
SCHEDULE = re.compile(r"\(two devices\).*\n.*--replay (?P<schedule>\S+)")
DAY = (
    Command("pip install --quiet ./kpt && kpt --version"),
    Command(
        f"kpt verify {SERIES} --tree {TREE} --model balloon-probe-remove",
        1,
        (
            (r"^mm/compaction", 6),
            (r"^FINDINGS", 1),
            (r"^error: .*:486", 7),
            (r"undeclared-in-config", 11),
            (r"model-memory; replay with", 3),
        ),
    ),
    Command("kpt explain undeclared-in-config", 0, ((r"^undeclared", 9),)),
    Command(
        "kpt model 'balloon-probe-remove (two devices)' --patch 14 \\\n"
        f"    --series {SERIES} --tree {TREE} --replay SCHEDULE",
        1,
        (
            (r"^-- device-1", 1),
            (r"balloon_mnt = kern_mount", 1),
            (r"^-- device-2", 1),
            (r"balloon_mnt = kern_mount", 1),
            (r"balloon_mnt: &heap", 4),
            (r"^-- device-2", 1),
            (r"486", 2),
        ),
    ),
    Command(f"cp -r {TREE} linux && cd linux"),
    Command("git init -q && git add -Af && git commit -qm base"),
    Command("git init -q --bare ../remote.git && git remote add origin ../remote.git"),
    Command("git push -q origin HEAD:main && kpt hook install"),
    Command("git checkout -q -b balloon"),
    Command(
        f"kpt apply -o . ../{SERIES}; git commit -qam 'balloon pages move'",
        0,
        ((r"^patch 13", 2),),
    ),
    Command(
        "git push -q origin balloon", 1, ((r"commits? on", 1), (r"error: ", 1), (r"verdict", 9))
    ),
)


def session(home: Path) -> Iterator[tuple[Command, str, int, str]]:
    """Each command as it was typed, its exit code and its output, in one shell's folder."""
    folder, schedule = home, ""
    environment = _environment(home)
    for command in DAY:
        line = command.line.replace("SCHEDULE", schedule)
        done = subprocess.run(
            ["bash", "-c", f"{line}\ncode=$?; pwd > {home}/.folder; exit $code"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        folder = Path((home / ".folder").read_text("utf-8").strip())
        output = done.stdout.decode().replace(str(home), "~")
        found = SCHEDULE.search(output)
        schedule = found["schedule"] if found else schedule
        yield command, line, done.returncode, output


def _environment(home: Path) -> dict[str, str]:
    """A Python of its own with pip, which sees the packages of the one that runs this."""
    venv.create(home / "venv", with_pip=True, symlinks=True)
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (home / "kpt").symlink_to(ROOT)
    return {
        "HOME": str(home),
        "PATH": f"{home / 'venv' / 'bin'}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "KPT_CACHE": "off",
        # the one pip that may run is that of the folder; it asks nobody
        **{f"PIP_{name}": "1" for name in PIP},
        "PIP_NO_BUILD_ISOLATION": "0",
        **{
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in WHO.items()
        },
    }


def block() -> str:
    """The text between the marks: every command and what is shown of its output."""
    lines = ["```", "$ # ./kpt is a clone of this repository"]
    with TemporaryDirectory() as folder:
        for command, line, code, output in session(Path(folder)):
            assert code == command.code, (line, code, output)
            lines += [f"$ {line}", *_shown(command, output.rstrip("\n").split("\n"))]
    return "\n".join((*lines, "```", ""))


def _shown(command: Command, output: list[str]) -> Iterator[str]:
    """The lines of the output that the command names; runs of others are one mark."""
    if not command.shown:
        yield from filter(None, output)
        return
    at = 0
    for pattern, count in command.shown:
        fits = (n for n in range(at, len(output)) if re.search(pattern, output[n]))
        first = next(fits, None)
        assert first is not None, (pattern, output[at:])
        if first > at:
            yield LEFT_OUT
        yield from (_cut(line) for line in output[first : first + count] if line)
        at = first + count
    if at < len(output):
        yield LEFT_OUT


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - len(LEFT_OUT) - 1] + " " + LEFT_OUT


def without_compiler(text: str) -> str:
    """The text without what another compiler may choose: the steps of a schedule."""
    return re.sub(r"--replay \S+", "--replay SCHEDULE", text)


def main() -> None:
    head, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(head + BEGIN + block() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
