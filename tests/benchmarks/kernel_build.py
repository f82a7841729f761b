"""What the kernel's own tools make of a tree: configurations, objects, and the errors of gcc.

Nothing here knows kpt. Every build stands in an output folder of its own
(`O=`), for x86, at lowest priority.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from text_items import files_naming

# /src/mm/x.c:12:5: error: implicit declaration of function 'f' [-Werror=...]
ERROR = re.compile(
    r"^(?P<path>[^\s:]+):(?P<line>\d+):\d+: (?:fatal )?error: (?P<text>.*)$", re.MULTILINE
)
# ERROR: modpost: "f" [drivers/x/x.ko] undefined!
UNDEFINED = re.compile(r'^ERROR: modpost: "(?P<name>\w+)" \[(?P<module>[^\]]+)\] undefined!', re.M)
QUOTED = re.compile("[\u2018']([^\u2019']+)[\u2019']")
# gcc -Wp,-MMD,mm/.x.o.d -nostdinc ... -c -o mm/x.o /src/mm/x.c
COMMAND = re.compile(
    r"\bgcc (?P<dependencies>-Wp,-MMD,\S+) [^\n;]*? -c -o \S+\.o (?P<source>\S+\.c)(?=\s|$)"
)
DEPENDENCIES = re.compile(r"-Wp,-MMD,\S+")
OUTPUT = re.compile(r" -c -o \S+\.o ")
COMPILED = re.compile(r" -c -o (\S+)/[^/\s]+\.o ")
SET = re.compile(r"^(CONFIG_\w+)=(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GccError:
    """One error; `path` is relative to the source tree."""

    path: str
    line: int
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every word in quotes."""
        quoted = QUOTED.findall(self.text)
        return tuple(word for each in quoted for word in re.findall(r"[A-Za-z_]\w*", each))


@dataclass(frozen=True, slots=True)
class Build:
    """A source tree and an output folder."""

    source: Path
    output: Path

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make in silence; locale C so that quotes are plain."""
        command = [
            "nice",
            "-n4",
            "make",
            "-s",
            "-C",
            str(self.source),
            f"O={self.output}",
            *arguments,
        ]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/"}
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    def configured(self, lines: Sequence[str], base: str = "alldefconfig") -> tuple[str, ...]:
        """Merge a fragment into a configuration of the kernel's own.

        Returned: the lines that did not survive. `alldefconfig` is what
        merge_config.sh takes: every other symbol has its default.
        """
        self.output.mkdir(parents=True, exist_ok=True)
        fragment = self.output / "fragment.config"
        fragment.write_text("".join(f"{line}\n" for line in lines))
        if base == "alldefconfig":
            script = ["nice", "-n4", "scripts/kconfig/merge_config.sh", "-O", str(self.output)]
            subprocess.run(
                [*script, str(fragment)], cwd=self.source, capture_output=True, check=True
            )
        else:
            self._require(self.make(f"KCONFIG_ALLCONFIG={fragment}", base))
        return tuple(line for line in lines if not self._has(line))

    def prepare(self) -> None:
        """What every object needs; making one does it too, `make -n` does not."""
        self._require(self.make("prepare"))

    def values(self) -> dict[str, str]:
        """CONFIG_X -> y, m or another value; what is not set is absent."""
        return dict(SET.findall((self.output / ".config").read_text()))

    def selected(self, *paths: str) -> tuple[str, ...]:
        """Those of the sources that this configuration builds.

        Told by what `make -n` would run for the nearest folder with a Makefile, or one above.
        """
        return tuple(path for path in paths if self._is_built(path))

    def _is_built(self, path: str) -> bool:
        return self._maker(path) is not None

    def _maker(self, path: str) -> str | None:
        """The folder whose Makefile builds the source: its own, or the nearest one above.

        Such a one may call it `../part/x.o`.
        """
        made = f"{path.rpartition('.')[0]}.o"
        name = made.rpartition("/")[2]
        # what stands there already is not made again
        (self.output / made).unlink(missing_ok=True)
        folder = path.rpartition("/")[0]
        while folder:
            if any((self.source / folder / name).is_file() for name in ("Makefile", "Kbuild")):
                listed = self.make("-k", "-n", f"{folder}/").stdout.split()
                words = {word for word in listed if word.endswith(name)}
                if any(normpath(word) == made for word in words):
                    return folder
            folder = folder.rpartition("/")[0] if folder.count("/") > 1 else ""
        return None

    def unit(self, path: str) -> str:
        """The source that is compiled: where it is not built itself, one beside it with it."""
        folder, _, name = path.rpartition("/")
        naming = files_naming(self.source, f'include "{name}"', folder)
        beside = [other for other in naming if other.rpartition("/")[0] == folder]
        found = next((other for other in beside if other.endswith(".c")), None)
        return path if found is None or self._is_built(path) else found

    def commands(self, *folders: str) -> dict[str, str]:
        """Source -> the command that compiles it here, of all that these folders build."""
        said = self.make("-k", "-n", *(f"{folder}/" for folder in folders)).stdout
        found = (match for match in COMMAND.finditer(said))
        # the same command stands once more within quotes, for fixdep
        return {
            normpath(relative(match["source"], self.source)): match[0].replace("'\\''", "'")
            for match in found
        }

    def checked(self, command: str) -> tuple[GccError, ...]:
        """Errors of a command of `commands`, run for its syntax alone."""
        run = self._instead(" -fsyntax-only ", command)
        errors = tuple(errors_of(run.stderr, self.source))
        if run.returncode and not errors:
            raise RuntimeError(f"{command}: {run.stderr[-800:]}")
        return errors

    def included(self, command: str) -> frozenset[str]:
        """Every file of the source tree that a command of `commands` reads."""
        run = self._instead(" -M ", command)
        self._require(run)
        return frozenset(relative(path, self.source) for path in run.stdout.split())

    def _instead(self, what: str | None, command: str) -> subprocess.CompletedProcess[str]:
        """Run gcc with what the command has, for something else than an object (None: for one)."""
        plain = DEPENDENCIES.sub("", command)
        return subprocess.run(
            ["nice", "-n4", "sh", "-c", plain if what is None else OUTPUT.sub(what, plain)],
            cwd=self.output,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        )

    def compiled(self, *paths: str) -> tuple[GccError, ...] | None:
        """Errors of compiling these sources; None: make failed and gcc said nothing."""
        objects = [f"{path.rpartition('.')[0]}.o" for path in paths]
        run = self.make("-k", *objects)
        errors = tuple(errors_of(run.stderr, self.source))
        if errors and len(paths) == 1 and (command := self._from_elsewhere(paths[0])):
            run = self._recorded(command, objects[0])
            errors = tuple(errors_of(run.stderr, self.source))
        return errors if errors or run.returncode == 0 else None

    def _from_elsewhere(self, path: str) -> str | None:
        """The command of a source that another folder's Makefile builds, with flags of its own."""
        folder = self._maker(path)
        if folder is None or folder == path.rpartition("/")[0]:
            return None
        return self.commands(folder).get(path)

    def _recorded(self, command: str, made: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `commands`, and leave beside its object what Kbuild leaves there."""
        output = self.output / made
        for folder in (output.parent, self.output / COMPILED.findall(command)[0]):
            folder.mkdir(parents=True, exist_ok=True)
        run = self._instead(None, command)
        output.with_name(f".{output.name}.cmd").write_text(f"cmd_{made} := {command}\n")
        return run

    def _has(self, line: str) -> bool:
        values = self.values()
        if line.startswith("# ") and line.endswith(" is not set"):
            return line.split()[1] not in values
        name, _, value = line.partition("=")
        return line.startswith("#") or values.get(name) == value

    def _require(self, run: subprocess.CompletedProcess[str]) -> None:
        if run.returncode:
            raise RuntimeError(f"{' '.join(run.args)}: {run.stderr[-800:]}")


def errors_of(said: str, source: Path) -> Iterator[GccError]:
    """The errors in what gcc said, in its order."""
    for match in ERROR.finditer(said):
        yield GccError(relative(match["path"], source), int(match["line"]), match["text"])


def relative(path: str, source: Path) -> str:
    """A path as gcc says it, relative to the source tree where it lies below it."""
    for prefix in (f"{source}/", f"../{source.name}/"):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path
