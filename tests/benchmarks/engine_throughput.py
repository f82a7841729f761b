"""Transitions a second of the engine, every shared access a scheduling point, no reduction.

    python tests/benchmarks/engine_throughput.py [PAGES...]

Runs engine_pages.c with so many pages (default 2 3 4), and the scenario
balloon-lifecycle on fixtures/trees/linux-mini. Seconds are those of the model's
process, with what it takes to start it and to print the traces.
"""

import sys
import time
from pathlib import Path

from kpatch_tools.domain import NotBuilt
from kpatch_tools.modelcheck import run_on_tree
from kpatch_tools.modelcheck.build import Sources, Unit, build_model, find_toolchain
from kpatch_tools.modelcheck.run import Bounds, explore, text_in_units
from kpatch_tools.tree import open_tree

HERE = Path(__file__).parent
MINI = HERE.parent.parent / "fixtures" / "trees" / "linux-mini"


def row(name: str, states: int, transitions: int, seconds: float) -> str:
    rate = transitions / seconds / 1e6
    return f"{name:28} {states:>10} {transitions:>11} {seconds:>8.2f} s {rate:>6.2f} M/s"


def pages(count: int) -> str:
    source = (HERE / "engine_pages.c").read_text()
    text = source.replace("#define PAGES 2", f"#define PAGES {count}")
    toolchain = find_toolchain()
    if isinstance(toolchain, NotBuilt):
        return toolchain.reason
    model = build_model(toolchain, Sources((Unit("engine_pages.c", text),)))
    if isinstance(model, NotBuilt):
        return model.reason
    began = time.perf_counter()
    found = explore(model, Bounds(), text_in_units(model))
    seconds = time.perf_counter() - began
    assert not found.violations and not found.limit, found
    return row(f"engine_pages, {count} pages", found.states, found.transitions, seconds)


def lifecycle() -> str:
    began = time.perf_counter()
    outcome = run_on_tree(open_tree(str(MINI)), "balloon-lifecycle", jobs=1)[0].outcome
    seconds = time.perf_counter() - began
    if isinstance(outcome, NotBuilt):
        return outcome.reason
    name = "balloon-lifecycle, all stages"
    return row(name, outcome.states, outcome.transitions, seconds)


def main() -> None:
    print(f"{'':28} {'states':>10} {'transitions':>11}")
    for count in [int(word) for word in sys.argv[1:]] or [2, 3, 4]:
        print(pages(count))
    print(lifecycle())


if __name__ == "__main__":
    main()
