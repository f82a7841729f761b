"""Transitions a second of the engine, every shared access a scheduling point, no reduction.

    python tests/benchmarks/engine_throughput.py [PAGES...]

Runs engine_pages.c with so many pages (default 2 3 4), and the scenario
balloon-lifecycle on fixtures/trees/linux-mini. Seconds of processor time and of
wall time are those of one exploration: the model's process and, where it finds
violations, the tools that name the lines of their traces.
"""

import resource
import sys
import time
from collections.abc import Iterator
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
HEAD = (
    f"{'':30} {'states':>9} {'transitions':>11} {'processor':>11} {'wall':>10} {'per second':>12}"
)


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measured(name: str, model: Model) -> str:
    wall, processor = time.perf_counter(), processor_seconds()
    found = explore(model, Bounds(), text_in_units(model))
    wall, processor = time.perf_counter() - wall, processor_seconds() - processor
    assert not found.limit, found.limit
    rate = found.transitions / processor / 1e6
    counts = f"{name:30} {found.states:>9} {found.transitions:>11}"
    return f"{counts} {processor:>9.2f} s {wall:>8.2f} s {rate:>10.2f} M"


def pages(toolchain: Toolchain, count: int) -> Model | NotBuilt:
    source = (HERE / "engine_pages.c").read_text()
    text = source.replace("#define PAGES 2", f"#define PAGES {count}")
    return build_model(toolchain, Sources((Unit("engine_pages.c", text),)))


def lifecycle(toolchain: Toolchain) -> Model | NotBuilt:
    state, workspace = TreeState(open_tree(str(MINI))), Workspace()
    scenario = fitted(find_scenario("balloon-lifecycle"), state, workspace)
    assert isinstance(scenario, Scenario)
    _, parameters = scenario.runs[0]
    extracted = extract(state, request_of(scenario, parameters), workspace)
    return extracted if isinstance(extracted, NotBuilt) else program_of(extracted, toolchain)


def rows(counts: list[int]) -> Iterator[str]:
    toolchain = find_toolchain()
    if isinstance(toolchain, NotBuilt):
        yield toolchain.reason
        return
    models = [(f"engine_pages, {count} pages", pages(toolchain, count)) for count in counts]
    models.append(("balloon-lifecycle, linux-mini", lifecycle(toolchain)))
    for name, model in models:
        yield model.reason if isinstance(model, NotBuilt) else measured(name, model)


def main() -> None:
    print(HEAD)
    for row in rows([int(word) for word in sys.argv[1:]] or [2, 3, 4]):
        print(row)


if __name__ == "__main__":
    main()
