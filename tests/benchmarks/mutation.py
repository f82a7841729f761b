"""Mutation score of the shipped scenarios on the fixed series (fixtures/series/balloon-v2-fixed).

    nice -n 3 .venv/bin/python tests/benchmarks/mutation.py [--jobs N] [--only TEXT] [--list]

Mutated is the tree after both patches: every statement of the dispatchers, and
in the other functions and tables of operations that a scenario extracts every
statement that a patch adds or changes. One change each (mutating/operators.py):
statement dropped, neighbours swapped, condition negated, call on a lock, a flag
or a reference dropped or doubled, constant changed. What gcc refuses does not
count, and what is the same object code to it is no change.

A mutant is run through the scenarios that extract its function, until one of
them is violated: the unmutated tree holds in all. It is *equivalent* only
where every scenario has the same graph of shared states as without it, and
*unseen* only where every one has the same reduced graph of them: steps that no
other thread can tell apart are one, and what a thread holds alone, by a lock
that all who use it take, is no shared state until it gives the lock back
(engine/graph.c). So an unseen mutant differs in the order of stores that every
other thread waits to the end of, and in nothing that lasts longer: the states
in which the lock is given back, the ends, the violations and which thread takes
each step are compared. It says nothing of readers that a scenario lacks: one
that takes no lock would make the word shared, and the mutant be seen. Both count
as equivalent, and are told apart: the score is told with unseen ones as
equivalent, and, as the graph alone has it, with unseen ones as not killed. What
is neither is a survivor; mutation-survivors.txt explains each, and one that it
does not explain, or explains and that is killed, ends the run with 1. Both
scores are told of all, and without swaps of neighbours that do not depend on
each other (mutating/dependence.py). Such a swap changes the graph and often
nothing else, as what lies between the two is seen by nobody.

Not judged: code that no scenario extracts, such as the statistics of the balloon.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from mutating.making import CONFIGURED, MINI, all_mutants, mutated
from mutating.scoring import Mutant, Verdict, report

from kpatch_tools.domain import NotBuilt, Place, TreeFile
from kpatch_tools.modelcheck.build import Model as Program
from kpatch_tools.modelcheck.build import Toolchain, find_toolchain
from kpatch_tools.modelcheck.extract import Model, TreeState, Workspace, extract
from kpatch_tools.modelcheck.programs import fitted, program_of, request_of
from kpatch_tools.modelcheck.run import Exploration, explore
from kpatch_tools.modelcheck.scenario import Scenario, Unfit, scenarios
from kpatch_tools.tree import open_tree

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
PATCHES = sorted((FIXTURES / "series" / "balloon-v2-fixed").glob("*.patch"))
SOURCES = (
    "mm/vmscan.c", "mm/compaction.c", "mm/migrate.c", "mm/balloon_compaction.c",
    "drivers/virtio/virtio_balloon.c",
)  # fmt: skip
# what the kernel refuses, and a model's compiler with it
DIALECT = (
    "-std=gnu11", "-O2", "-Werror=return-type", "-Werror=implicit-function-declaration",
    "-Werror=implicit-int", "-Werror=int-conversion", "-Werror=incompatible-pointer-types",
)  # fmt: skip
UNKNOWN = "model-unknown"
SECONDS = 120
# how a graph is the same -> whether it is the reduced one
WAYS = {"equivalent": False, "unseen": True}


@dataclass(frozen=True, slots=True)
class Killed:
    """The violation that the unmutated tree lacks."""

    by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What one run of a scenario showed of one tree; `graphs` is keyed by WAYS."""

    model: Model
    exploration: Exploration
    graphs: Mapping[str, str]


@dataclass(slots=True)
class Bench:
    """A worker's own: the tree, the compiler, and what the scenarios show unmutated."""

    root: Path
    toolchain: Toolchain
    workspace: Workspace
    unmutated: dict[tuple[str, str], Shown] = field(default_factory=dict)
    code: dict[str, tuple[bytes, ...] | str] = field(default_factory=dict)

    def state(self, path: str = "", text: str = "") -> TreeState:
        tree = open_tree(str(self.root))
        return TreeState(tree.with_files({path: TreeFile(text.encode())}) if path else tree)

    def models(self, scenario: Scenario, state: TreeState) -> Iterator[tuple[str, Model | str]]:
        """(run, its model or why there is none)."""
        kept = self.workspace
        workspace = Workspace(kept.sources, kept.cutter, kept.compiler, kept.configured)
        here = fitted(scenario, state, workspace)
        if isinstance(here, Unfit):
            yield "", here.reason
            return
        for run, parameters in here.runs:
            model = extract(state, request_of(here, parameters), workspace)
            yield run, model.reason if isinstance(model, NotBuilt) else model

    def explored(self, scenario: Scenario, program: Program) -> Exploration:
        return explore(program, replace(scenario.bounds, seconds=SECONDS), no_text)

    def graph(self, scenario: Scenario, program: Program, way: str) -> str:
        """The fingerprint of the graph of shared states; "" if the search was cut."""
        bounds = replace(scenario.bounds, seconds=SECONDS, graph=True, reduce=WAYS[way])
        exploration = explore(program, bounds, no_text)
        return "" if exploration.limit else exploration.graph


def no_text(place: Place) -> str:
    return ""


# --- the mutants ---------------------------------------------------------------


def patched(folder: Path) -> Path:
    """linux-mini after both patches, by git."""
    root = Path(shutil.copytree(MINI, folder / "tree"))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    plain["GIT_CEILING_DIRECTORIES"] = str(folder)
    for patch in PATCHES:
        subprocess.run(["git", "apply", str(patch)], cwd=root, env=plain, check=True)
    return root


def compiled(root: Path, path: str, text: str) -> tuple[bytes, ...] | str:
    """Object code of the sources that have the file, with assertions, or what gcc refuses."""
    with tempfile.TemporaryDirectory(prefix="kpt-mutant-") as name:
        folder = Path(shutil.copytree(root, Path(name) / "tree"))
        (folder / path).write_text(text, encoding="utf-8")
        (folder / "generated").mkdir()
        values = ["HZ 250", "DEBUG_VM 1", *(f"{option} 1" for option in CONFIGURED)]
        macros = "".join(f"#define CONFIG_{value}\n" for value in values)
        (folder / "generated" / "autoconf.h").write_text(macros, encoding="utf-8")
        sources = [path] if path in SOURCES else list(SOURCES)
        command = ["gcc", "-c", *DIALECT, "-nostdinc", "-I.", "-Iinclude", "-Iinclude/uapi"]
        command += ["-include", "linux/kconfig.h", '-DKBUILD_MODNAME="x"', *sources]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if run.returncode:
            said = [line for line in run.stderr.splitlines() if "error" in line]
            return (said or [run.stderr.strip()])[0]
        return tuple((folder / f"{Path(source).stem}.o").read_bytes() for source in sources)


# --- judging -------------------------------------------------------------------

# of this process; a pool's workers are set up once
BENCH: list[Bench] = []


def set_up(root: Path) -> None:
    toolchain = find_toolchain()
    assert isinstance(toolchain, Toolchain), toolchain
    bench = Bench(root, toolchain, Workspace())
    state = bench.state()
    for scenario in scenarios():
        for run, model in bench.models(scenario, state):
            if isinstance(model, str):
                continue
            program = program_of(model, toolchain)
            assert isinstance(program, Program), program
            exploration = bench.explored(scenario, program)
            assert not exploration.violations, (scenario.name, exploration.violations[0].message)
            assert not exploration.limit, (scenario.name, exploration.limit)
            graphs = {way: bench.graph(scenario, program, way) for way in WAYS}
            assert all(graphs.values()), scenario.name
            bench.unmutated[scenario.name, run] = Shown(model, exploration, graphs)
    BENCH[:] = [bench]


def extracted_names(bench: Bench) -> frozenset[str]:
    names: set[str] = set()
    for shown in bench.unmutated.values():
        names |= set(shown.model.extraction.extracted)
    return frozenset(names)


def judged(mutant: Mutant) -> Verdict:
    """The verdict on one mutant, in a worker."""
    (bench,) = BENCH
    text = mutated(bench.root, mutant)
    code = compiled(bench.root, mutant.path, text)
    if isinstance(code, str):
        return Verdict(mutant, "refused", code)
    if mutant.path not in bench.code:
        before = (bench.root / mutant.path).read_text(encoding="utf-8")
        bench.code[mutant.path] = compiled(bench.root, mutant.path, before)
    if code == bench.code[mutant.path]:
        return Verdict(mutant, "unchanged", "the same object code")
    state = bench.state(mutant.path, text)
    doubts: list[str] = []
    held: list[tuple[Scenario, str, Program]] = []
    for scenario in in_order(bench, mutant.function):
        for run, model in bench.models(scenario, state):
            shown = f"{scenario.name} ({run})" if run else scenario.name
            match _of_model(bench, scenario, run, model):
                case Killed(by):
                    return Verdict(mutant, "killed", f"{shown}: {by}")
                case str() as doubt:
                    doubts.append(f"{shown}: {doubt}")
                case Program() as program:
                    held.append((scenario, run, program))
    if doubts:
        return Verdict(mutant, "survived", "; ".join(doubts))
    for way in WAYS:
        other = another_graph(bench, held, way)
        if other is None:
            return Verdict(mutant, way, f"{len(held)} graphs are the same")
    return Verdict(mutant, "survived", f"{other}: another graph")


def another_graph(bench: Bench, held: list[tuple[Scenario, str, Program]], way: str) -> str | None:
    """The first of the scenarios whose graph is not the unmutated tree's."""
    for scenario, run, program in held:
        if bench.graph(scenario, program, way) != bench.unmutated[scenario.name, run].graphs[way]:
            return scenario.name
    return None


def in_order(bench: Bench, function: str) -> list[Scenario]:
    """The scenarios that extract the function, the quickest first."""
    cost: Counter[str] = Counter()
    for (name, _), shown in bench.unmutated.items():
        if function in shown.model.extraction.extracted:
            cost[name] += shown.exploration.transitions
    named = [scenario for scenario in scenarios() if scenario.name in cost]
    return sorted(named, key=lambda scenario: cost[scenario.name])


def _of_model(
    bench: Bench, scenario: Scenario, run: str, model: Model | str
) -> Killed | Program | str | None:
    """By what it is killed; the program that holds; a doubt; None: the same model."""
    if isinstance(model, str):
        return f"not built: {model}"
    if model.units == bench.unmutated[scenario.name, run].model.units:
        return None
    program = program_of(model, bench.toolchain)
    if isinstance(program, NotBuilt):
        return f"not built: {program.reason}"
    exploration = bench.explored(scenario, program)
    for violation in exploration.violations:
        if violation.rule != UNKNOWN:
            return Killed(violation.message)
    if exploration.violations:
        return f"leaves the model: {exploration.violations[0].message}"
    if exploration.limit:
        return f"bounded: {exploration.limit}"
    seen = {value for line in exploration.observed for value in line.split()}
    for wanted in scenario.reaches:
        if wanted not in seen:
            return Killed(f"no run ends with {wanted}")
    return program


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="mutants whose name has this in it")
    parser.add_argument("--list", action="store_true", help="name the mutants, run none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpt-mutation-") as name:
        root = patched(Path(name))
        set_up(root)
        mutants = all_mutants(root, extracted_names(BENCH[0]))
        mutants = [mutant for mutant in mutants if options.only in mutant.name]
        if options.list:
            sys.stdout.writelines(f"{mutant.name}\n" for mutant in mutants)
            return 0
        with ProcessPoolExecutor(options.jobs, initializer=set_up, initargs=(root,)) as pool:
            verdicts = []
            for verdict in pool.map(judged, mutants):
                verdicts.append(verdict)
                shown = f"{verdict.kind} {verdict.mutant.name} | {verdict.why}"
                sys.stderr.write(f"{len(verdicts)}/{len(mutants)} {shown}\n")
    lines = list(report(verdicts))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if any(line.startswith(("not explained", "explained, but")) for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
