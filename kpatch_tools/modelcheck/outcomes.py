"""Turns what a search found into the outcomes of a report."""

from kpatch_tools.domain import Bounded, Extraction, Held, Outcome, Violated
from kpatch_tools.modelcheck.run import Bounds, Exploration

# what no search of this engine explores, whatever its bounds
UNEXPLORED = (
    "weak memory order: every access takes effect at once, for all threads",
    "interrupts, unless the scenario makes them threads",
    "what a compiler may do to the code beyond gcc -O1",
    "threads that step forever though some schedule would end them",
    "accesses that leave one global for another",
)


def _limits(exploration: Exploration, bounds: Bounds) -> tuple[str, ...]:
    threads = f"threads other than {', '.join(exploration.threads)}"
    faults = f"runs in which more than {bounds.faults} of the calls that may fail do fail"
    return (*UNEXPLORED, threads, faults, *exploration.missing_layers)


def _limit(exploration: Exploration, bounds: Bounds) -> str:
    stated = {
        "states": f"{bounds.states} states",
        "depth": f"{bounds.depth} steps",
        "seconds": f"{bounds.seconds} s",
        "memory": f"{bounds.megabytes} MB",
        "preemptions": f"{bounds.preemptions} preemptions",
    }.get(exploration.limit, exploration.limit)
    reached = f"every schedule of {exploration.depth} steps was explored"
    if exploration.limit == "preemptions":
        reached = "every schedule with so many was explored"
    if exploration.walks:
        reached += f", then {exploration.walks} by chance (seed {bounds.seed})"
    return f"{stated}; {reached}"


def outcomes_of(
    exploration: Exploration, bounds: Bounds, extraction: Extraction
) -> tuple[Outcome, ...]:
    """One `Violated` per violation, and one `Bounded` if a limit was hit; else one `Held`."""
    counts = (exploration.states, exploration.transitions, extraction)
    violated = tuple(
        Violated(found.message, found.rule, found.schedule, found.trace, *counts)
        for found in exploration.violations
    )
    if exploration.limit:
        return (*violated, Bounded(_limit(exploration, bounds), *counts))
    return violated or (Held(*counts, _limits(exploration, bounds)),)
