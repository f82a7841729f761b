"""How fast the engine is, every shared access a scheduling point, and how it grows; beside SPIN.

    python tests/benchmarks/engine_throughput.py [--pages N]... [--movers N]... [--no-spin]

Runs engine_pages.c with so many pages (default 2 3 4) and movers (default 2), and
the scenario balloon-lifecycle on fixtures/trees/linux-mini: with every detector,
bare (no races, no livelocks), and with reduction. Beside it SPIN (Debian package
spin) on engine_pages.pml, the same program by hand, its reduction off. Seconds of
wall time are those of one search: the model's process and, where it finds
violations or races, the tools that name their lines (in bubblewrap, whose
processor time cannot be told).
"""

import argparse
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kpatch_tools.domain import NotBuilt
from kpatch_tools.modelcheck.build import (
    Model,
    Sources,
    Toolchain,
    Unit,
    build_model,
    find_toolchain,
)
from kpatch_tools.modelcheck.extract import TreeState, Workspace, extract
from kpatch_tools.modelcheck.programs import fitted, program_of, request_of
from kpatch_tools.modelcheck.run import Bounds, explore, text_in_units
from kpatch_tools.modelcheck.scenario import Scenario, find_scenario
from kpatch_tools.tree import open_tree

HERE = Path(__file__).parent
MINI = HERE.parent.parent / "fixtures" / "trees" / "linux-mini"
HEAD = f"{'':44} {'states':>9} {'transitions':>11} {'wall':>10} {'per second':>12} {'storage':>9}"
WAYS = {
    "every detector": Bounds(),
    "bare": Bounds(bare=True),
    "reduced, every detector": Bounds(reduce=True),
}
SPIN_FLAGS = ("-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=4000")
PAN_FLAGS = ("-m100000", "-w24", "-n")


def line(name: str, states: int, transitions: int, wall: float, megabytes: float) -> str:
    counts = f"{name:44} {states:>9} {transitions:>11}"
    rate = transitions / wall / 1e6
    return f"{counts} {wall:>8.2f} s {rate:>10.2f} M {megabytes:>6.0f} MB"


def measured(name: str, model: Model, bounds: Bounds) -> str:
    wall = time.perf_counter()
    found = explore(model, bounds, text_in_units(model))
    wall = time.perf_counter() - wall
    cut = f" (cut: {found.limit})" if found.limit else ""
    shown = line(name + cut, found.states, found.transitions, wall, found.bytes / 1e6)
    return f"{shown}  {found.restarts} restarts" if bounds.reduce else shown


def pages(toolchain: Toolchain, count: int, movers: int) -> Model | NotBuilt:
    source = (HERE / "engine_pages.c").read_text()
    text = source.replace("#define PAGES 2", f"#define PAGES {count}")
    text = text.replace("#define MOVERS 2", f"#define MOVERS {movers}")
    return build_model(toolchain, Sources((Unit("engine_pages.c", text),)))


def lifecycle(toolchain: Toolchain) -> Model | NotBuilt:
    state, workspace = TreeState(open_tree(str(MINI))), Workspace()
    scenario = fitted(find_scenario("balloon-lifecycle"), state, workspace)
    assert isinstance(scenario, Scenario)
    _, parameters = scenario.runs[0]
    extracted = extract(state, request_of(scenario, parameters), workspace)
    return extracted if isinstance(extracted, NotBuilt) else program_of(extracted, toolchain)


def spin(count: int, movers: int) -> str:
    name = f"SPIN, {count} pages, {movers} movers"
    if shutil.which("spin") is None:
        return f"{name:44} not installed (Debian package spin)"
    with tempfile.TemporaryDirectory() as folder:
        model = ("spin", f"-DPAGES={count}", f"-DMOVERS={movers}", "-a")
        subprocess.run((*model, str(HERE / "engine_pages.pml")), cwd=folder, check=True)
        compile_it = ("gcc", "-w", *SPIN_FLAGS, "-o", "pan", "pan.c")
        subprocess.run(compile_it, cwd=folder, check=True)
        wall = time.perf_counter()
        done = subprocess.run(("./pan", *PAN_FLAGS), cwd=folder, capture_output=True, text=True)
        wall = time.perf_counter() - wall
    found = re.search(r"([\d.e+]+) states, stored.*?([\d.e+]+) transitions", done.stdout, re.DOTALL)
    memory = re.search(r"([\d.]+)\s+total actual memory", done.stdout)
    vector = re.search(r"State-vector (\d+) byte.*errors: (\d+)", done.stdout)
    if not (found and memory and vector):
        return f"{name:44} gave no result: {done.stdout[-200:]}"
    shown = line(name, int(float(found[1])), int(float(found[2])), wall, float(memory[1]))
    cut = (
        ", cut"
        if "max search depth too small" in done.stdout or "out of mem" in done.stdout
        else ""
    )
    return f"{shown}  state vector {vector[1]} bytes, errors {vector[2]}{cut}"


def rows(counts: list[int], crowds: list[int], beside: bool) -> Iterator[str]:
    toolchain = find_toolchain()
    if isinstance(toolchain, NotBuilt):
        yield toolchain.reason
        return
    yield from _searched("balloon-lifecycle, linux-mini", lifecycle(toolchain))
    for movers in crowds:
        for count in counts:
            model = pages(toolchain, count, movers)
            yield from _searched(f"{count} pages, {movers} movers", model)
            if beside:
                yield spin(count, movers)


def _searched(name: str, model: Model | NotBuilt) -> Iterator[str]:
    if isinstance(model, NotBuilt):
        yield f"{name}: {model.reason}"
        return
    for way, bounds in WAYS.items():
        yield measured(f"{name}: {way}", model, replace(bounds, walks=0))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, action="append")
    parser.add_argument("--movers", type=int, action="append")
    parser.add_argument("--no-spin", action="store_true")
    asked = parser.parse_args()
    print(f"SPIN: spin -a, gcc {' '.join(SPIN_FLAGS)}, pan {' '.join(PAN_FLAGS)}")
    print(HEAD)
    for row in rows(asked.pages or [2, 3, 4], asked.movers or [2], not asked.no_spin):
        print(row, flush=True)


if __name__ == "__main__":
    main()
