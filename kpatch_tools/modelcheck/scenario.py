"""Turns scenario folders, of the package or the user's, into scenarios; says which apply.

A folder holds `scenario.toml`, `scenario.c` and, if need be, `stand_ins.h`.
Keys of the toml: `summary`, `invariants`, `assumptions`, `stand_ins`, `trap`,
`reaches`, `[applies_when]`, `[requires]`, `[config]`, `[subjects]`,
`[parameters]`, `[faults]`, `[bounds]`, `[[run]]`, `[[variant]]`.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from kpatch_tools.errors import KptError, nearly
from kpatch_tools.modelcheck.run import Bounds
from kpatch_tools.resources import package_folder

FOLDER = "modelcheck/scenarios"
OURS = "kpt:"
# what a draft puts where it had to guess
FILL = "FILL IN"
KEYS = frozenset((
    "summary", "invariants", "assumptions", "stand_ins", "trap", "reaches", "applies_when",
    "requires", "config", "subjects", "parameters", "faults", "bounds", "run", "variant",
))  # fmt: skip

Subjects = Mapping[str, tuple[str, ...]]
# one toml table: its values are whatever toml can say, checked where they are read
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Touched:
    """What a series touches: paths, and the names whose definitions it changes."""

    paths: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on a tree: names that it defines, and names that it does not."""

    defines: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def misfit(self, defines: Callable[[str], bool]) -> str:
        """What stands against it, "" if nothing does."""
        lacks = [name for name in self.defines if not defines(name)]
        has = [name for name in self.absent if defines(name)]
        parts = [f"the tree does not define {', '.join(lacks)}"] * bool(lacks)
        parts += [f"the tree defines {', '.join(has)}"] * bool(has)
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a scenario does not apply to a tree."""

    reason: str


@dataclass(frozen=True, slots=True)
class Variant:
    """What is different on trees that `when` fits."""

    when: When
    subjects: Subjects
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `files` are patterns of paths, `stand_ins` paths with their text, first wins.

    `runs` are (name, parameters) of the programs made of it; ("", {}) if it is one.
    """

    name: str
    summary: str
    source: bytes
    subjects: Subjects
    on: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    invariants: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, bytes], ...] = ()
    traps: tuple[str, ...] = ()
    reaches: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    requires: When = When()
    parameters: Mapping[str, str] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)
    runs: tuple[tuple[str, Mapping[str, str]], ...] = (("", {}),)
    variants: tuple[Variant, ...] = ()

    @property
    def path(self) -> str:
        """What messages and traces call scenario.c."""
        return f"{OURS}scenarios/{self.name.rstrip('/').rpartition('/')[2]}/scenario.c"

    @property
    def guesses(self) -> int:
        """In how many places a draft still guesses."""
        sources = (self.source, *(text for _, text in self.stand_ins))
        said = (self.summary, *self.invariants, *self.assumptions)
        return sum(text.count(FILL.encode()) for text in sources) + sum(
            FILL in each for each in said
        )

    def applies(self, touched: Touched) -> bool:
        """Whether a series that touches this selects the scenario by itself."""
        return bool(self.functions & touched.names) or any(
            fnmatchcase(path, pattern) for path in touched.paths for pattern in self.files
        )

    def on_tree(self, defines: Callable[[str], bool]) -> "Scenario | Unfit":
        """The scenario with its variant for a tree, or why it has nothing to say there."""
        if reason := self.requires.misfit(defines):
            return Unfit(reason)
        for variant in self.variants:
            if not variant.when.misfit(defines):
                return replace(
                    self,
                    subjects={**self.subjects, **variant.subjects},
                    parameters={**self.parameters, **variant.parameters},
                )
        return self


def scenarios() -> tuple[Scenario, ...]:
    """Every scenario of the package, by name."""
    folders = [entry for entry in package_folder(FOLDER).iterdir() if _is_scenario(entry)]
    return tuple(read_scenario(folder) for folder in sorted(folders, key=lambda f: f.name))


def find_scenario(name: str) -> Scenario:
    """The scenario of that name, or of the folder at that path; KptError where there is none.

    One of a folder is called by its path, so that reports name what can be run again.
    """
    if is_path(name):
        return replace(_scenario_at(Path(name)), name=name)
    for scenario in scenarios():
        if scenario.name == name:
            return scenario
    hint = "kpt list shows every scenario; a folder of your own is named by path, as in ./mine"
    known = (scenario.name for scenario in scenarios())
    raise KptError(f"there is no scenario {name!r}", nearly(name, known, hint))


def is_path(name: str) -> bool:
    """Whether the name is one of a folder: `./mine`, `/home/me/mine`."""
    return "/" in name


def _scenario_at(folder: Path) -> Scenario:
    if not folder.joinpath("scenario.toml").is_file():
        raise KptError(
            f"{folder} is no scenario: it has no scenario.toml", "kpt model new makes a first one"
        )
    return read_scenario(folder.resolve())


def read_scenario(folder: Path) -> Scenario:
    """The scenario of one folder; KptError where its toml is not understood."""
    where = f"{folder.name}/scenario.toml"
    try:
        table: Table = tomllib.loads(folder.joinpath("scenario.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise KptError(f"{where}: {error}", "correct the scenario") from None
    if unknown := sorted(table.keys() - KEYS):
        raise KptError(
            f"{where}: unknown key {unknown[0]!r}", f"known are {', '.join(sorted(KEYS))}"
        )
    try:
        return _scenario(folder, table)
    except OSError as error:
        raise KptError(f"{folder.name}: {error.strerror}: scenario.c", "correct it") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise KptError(f"{where}: {error!r}", "see the keys in modelcheck/scenario.py") from None


def _scenario(folder: Path, table: Table) -> Scenario:
    applies, config = table.get("applies_when", {}), table.get("config", {})
    return Scenario(
        name=folder.name,
        summary=str(table["summary"]).strip(),
        source=folder.joinpath("scenario.c").read_bytes(),
        subjects=_subjects(table["subjects"]),
        on=_names(config, "on"),
        values={key: str(value) for key, value in config.get("values", {}).items()},
        invariants=_names(table, "invariants"),
        assumptions=_names(table, "assumptions"),
        stand_ins=tuple(_stand_ins(folder, table)),
        traps=_names(table, "trap"),
        reaches=_names(table, "reaches"),
        files=_names(applies, "files"),
        functions=frozenset(_names(applies, "functions")),
        requires=_when(table.get("requires", {})),
        parameters=_parameters(table),
        bounds=_bounds(table),
        runs=tuple((str(run["name"]), _parameters(run)) for run in table.get("run", ()))
        or (("", {}),),
        variants=tuple(
            Variant(
                _when(variant["when"]), _subjects(variant.get("subjects", {})), _parameters(variant)
            )
            for variant in table.get("variant", ())
        ),
    )


def _is_scenario(entry: Path) -> bool:
    return entry.is_dir() and entry.joinpath("scenario.toml").is_file()


def _names(table: Table, key: str) -> tuple[str, ...]:
    found = table.get(key, ())
    if isinstance(found, str):
        raise TypeError(f"{key} must be a list")
    return tuple(str(name) for name in found)


def _subjects(table: Table) -> Subjects:
    return {path: _names(table, path) for path in table}


def _parameters(table: Table) -> Mapping[str, str]:
    return {key: str(value) for key, value in table.get("parameters", {}).items()}


def _when(table: Table) -> When:
    return When(_names(table, "defines"), _names(table, "absent"))


def bounded(scenario: Scenario, given: Sequence[str]) -> Scenario:
    """The scenario with bounds given as NAME=VALUE; KptError where one is not understood."""
    bounds = scenario.bounds
    for text in given:
        name, _, value = text.partition("=")
        try:
            changed: Table = {name: int(value)}
            bounds = replace(bounds, **changed)
        except (TypeError, ValueError):
            known = ", ".join(field.name for field in fields(Bounds))
            raise KptError(f"not a bound: {text!r}", f"NAME=NUMBER, of {known}") from None
    return replace(scenario, bounds=bounds)


def _bounds(table: Table) -> Bounds:
    known: Table = {key: int(value) for key, value in table.get("bounds", {}).items()}
    return Bounds(**known, faults=int(table.get("faults", {}).get("at_most", 0)))


def _stand_ins(folder: Path, table: Table) -> list[tuple[str, bytes]]:
    """The folder's own first; `../other/stand_ins.h` is that of the scenario `other`."""
    named = table.get("stand_ins")
    listed = _names(table, "stand_ins") if named is not None else ("stand_ins.h",)
    found = []
    for path in sorted(listed, key=lambda path: path.startswith("../")):
        owner = folder.name
        target = folder.joinpath(path)
        if path.startswith("../"):
            owner, _, rest = path.removeprefix("../").partition("/")
            target = package_folder(FOLDER).joinpath(owner, rest)
        if target.is_file():
            found.append((f"{OURS}scenarios/{owner}/{target.name}", target.read_bytes()))
        elif named is not None:
            raise ValueError(f"no such file: {path}")
    return found
