"""Turns a model and its bounds into what its search found.

The search is engine/search.c: breadth first, every interleaving from every
scheduling point, each state compared whole. Output is the engine's, one JSON
object a line (engine/main.c).
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpatch_tools.domain import Place, Race, TraceStep
from kpatch_tools.modelcheck.build import Model
from kpatch_tools.modelcheck.frames import Frame, Variables, frames_of, outside, variables_of
from kpatch_tools.modelcheck.sandbox import Finished, Limits, missing_layers, put, run_limited

# one JSON object of the engine; its keys and their types are those of engine/*.c
Event = dict[str, Any]
TextOf = Callable[[Place], str]

# the engine reserves address space for its bound several times over and uses none of it
ADDRESS_SPACE = 8
CHECK = "check"
_SWITCHES = ("reduce", "graph", "bare", "recall")
# no code, constant or variable of a model lies below
FIRST_ADDRESS = 0x400000


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a search stops unfinished: states, steps of a run, processor time, storage.

    `faults` is how many calls of one run may fail; a bound of the model, not of the search.
    `preemptions`, if not None, is how often a run may stop a thread that could go on.
    `reduce` leaves out states that tell nothing new (engine/sharing.c); off with
    `preemptions`. `walks` single runs by chance, from `seed`, follow
    a search that was cut. `graph` asks for the fingerprint of the shared states.
    `recall` runs no step twice from one stack and shared memory (engine/recall.c).
    `bare` looks for no races and no livelocks, to measure what looking costs.
    """

    states: int = 20_000_000
    depth: int = 30_000
    seconds: int = 120
    megabytes: int = 1200
    faults: int = 0
    preemptions: int | None = None
    reduce: bool = False
    walks: int = 1000
    seed: int = 1
    graph: bool = False
    bare: bool = False
    recall: bool = True


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A violation with a schedule that shows it.

    The trace ends where it was noticed, if by code: in the thread of the last
    step, or in a check of the scenario (thread `CHECK`).
    """

    rule: str
    message: str
    schedule: str
    trace: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a search found.

    `limit` is "" where it was exhaustive; else every schedule of `depth` steps
    was explored. `ends` are the distinct states in which all threads are done,
    `observed` what the scenario saw in them, sorted. `missing_layers` of the
    sandbox. `races` are told once for each pair of lines; `races_dropped` more were
    found than are kept. `bytes` is what the visited states took. `walks` runs by
    chance followed a cut. `graph` is the fingerprint of the graph of shared states
    (engine/graph.c), "" if not asked for.
    """

    states: int
    transitions: int
    depth: int
    ends: int
    limit: str
    threads: tuple[str, ...]
    violations: tuple[Counterexample, ...]
    observed: tuple[str, ...]
    missing_layers: tuple[str, ...]
    races: tuple[Race, ...] = ()
    races_dropped: int = 0
    walks: int = 0
    restarts: int = 0
    bytes: int = 0
    graph: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """A schedule run again: `steps` of it were taken."""

    result: str
    steps: int
    violation: Counterexample | None


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Names for the addresses in events."""

    frames: dict[int, tuple[Frame, ...]]
    variables: Variables
    text_of: TextOf

    def innermost(self, event: Event) -> Frame:
        returns = (int(address, 16) for address in event["frames"])
        return outside(frame for address in returns for frame in self.frames.get(address, ()))

    def _at(self, event: Event, thread: str, what: str) -> TraceStep:
        frame = self.innermost(event)
        text = self.text_of(frame.place).strip()
        changes = tuple(map(self._change, event.get("changes", ())))
        return TraceStep(thread, frame.function, frame.place, text, what, changes)

    def _change(self, line: str) -> str:
        address, old, new, place = line.split(" ", 3)
        name = place or self.variables.name_at(int(address, 16)) or f"0x{address}"
        return f"{name}: {self._value(old)} -> {self._value(new)}"

    def _value(self, digits: str) -> str:
        """A number, or the variable that it points to."""
        value = int(digits, 16)
        name = self.variables.pointed_at(value)
        return f"&{name}" if name else str(value) if value < FIRST_ADDRESS else f"{value:#x}"

    def noticed(self, event: Event) -> tuple[TraceStep, ...]:
        """Where code noticed the violation; nothing for a deadlock."""
        if not event["frames"]:
            return ()
        return (self._at(event, event["thread"] or CHECK, event["message"]),)

    def step(self, event: Event) -> TraceStep:
        thing = event["object"]
        if thing.startswith("0x"):
            thing = self.variables.name_at(int(thing, 16))
        what = f"{event['what']} ({thing})" if thing else event["what"]
        return self._at(event, event["thread"], what)


def text_in_units(model: Model) -> TextOf:
    """Source lines of units that have no `#line` of their own (scenarios, tests)."""
    lines = {unit.name: unit.text.splitlines() for unit in model.sources.units}

    def text_of(place: Place) -> str:
        found = lines.get(place.path, [])
        return found[place.line - 1] if 0 < place.line <= len(found) else ""

    return text_of


def replay_command(binary: Path, bounds: Bounds, *schedule: str) -> tuple[str, ...]:
    """The model as it searches, or as it runs that one schedule; in the binary's folder."""
    wanted = ("states", "depth", "seconds", "megabytes", "faults", "walks", "seed")
    options = [f"{name}={getattr(bounds, name)}" for name in wanted]
    options += [f"{name}={int(getattr(bounds, name))}" for name in _SWITCHES]
    if bounds.preemptions is not None:
        options.append(f"preemptions={bounds.preemptions}")
    replay = tuple(f"replay={text}" for text in schedule)
    return (f"./{binary.name}", *options, *replay)


def _run(binary: Path, bounds: Bounds, *schedule: str) -> Finished:
    # the search stops itself; the traces take time after it
    limits = Limits(bounds.seconds + 60, ADDRESS_SPACE * bounds.megabytes + 2048)
    return run_limited(replay_command(binary, bounds, *schedule), binary.parent, limits)


def _events(finished: Finished) -> tuple[Event, ...]:
    """Complete lines only: a model that was killed may have ended within one."""
    lines = finished.output.split(b"\n")[:-1]
    return tuple(json.loads(line) for line in lines)


def _end(finished: Finished) -> str:
    if finished.code is None:
        return "seconds"
    if finished.code < 0:
        return f"killed by signal {-finished.code}: a system call, or no memory"
    return f"ended with code {finished.code}"


def _named(events: Sequence[Event], kind: str) -> tuple[Event, ...]:
    return tuple(event for event in events if event["event"] == kind)


def _violations(events: Sequence[Event], resolver: _Resolver) -> tuple[Counterexample, ...]:
    found = []
    steps: list[Event] = []
    for event in events:
        if event["event"] == "step":
            steps.append(event)
        elif event["event"] == "violation":
            trace = (*map(resolver.step, steps), *resolver.noticed(event))
            found.append(Counterexample(event["rule"], event["message"], event["schedule"], trace))
            steps = []
    return tuple(found)


def _races(events: Sequence[Event], resolver: _Resolver) -> Iterator[Race]:
    """The first race of each pair of lines."""
    seen: set[frozenset[Place]] = set()
    sides: list[TraceStep] = []
    for event in events:
        if event["event"] == "side":
            sides.append(resolver.step(event))
        elif event["event"] == "race":
            one, other = sides
            sides = []
            pair = frozenset((one.place, other.place))
            if pair not in seen:
                seen.add(pair)
                yield Race(one, other, event["schedule"])


def _missing_layers(events: Sequence[Event], compiler: str) -> tuple[str, ...]:
    modes = {event["seccomp"] for event in _named(events, "sandbox")}
    if "none" not in modes:
        return missing_layers(compiler)
    return ("the sandbox's layer seccomp: only limits held the model", *missing_layers(compiler))


def _resolver(binary: Path, events: Sequence[Event], text_of: TextOf) -> _Resolver:
    returns = (int(address, 16) for event in events for address in event.get("frames", ()))
    return _Resolver(dict(frames_of(binary, returns)), variables_of(binary), text_of)


def _exploration(
    events: Sequence[Event], finished: Finished, resolver: _Resolver, compiler: str
) -> Exploration:
    summary = dict.fromkeys(("states", "transitions", "depth", "ends"), 0)
    limit = _end(finished)
    for event in _named(events, "summary"):
        summary = event
        limit = event["limit"]
        if event["dropped"]:
            limit = limit or f"{event['dropped']} more violations than are kept"
    threads = _named(events, "threads")
    return Exploration(
        summary["states"],
        summary["transitions"],
        summary["depth"],
        summary["ends"],
        limit,
        tuple(threads[0]["names"]) if threads else (),
        _violations(events, resolver),
        tuple(sorted(event["values"] for event in _named(events, "observed"))),
        _missing_layers(events, compiler),
        tuple(_races(events, resolver)),
        summary.get("races_dropped", 0),
        summary.get("walks", 0),
        summary.get("restarts", 0),
        summary.get("bytes", 0),
        "".join(event["hash"] for event in _named(events, "graph")),
    )


def explore(model: Model, bounds: Bounds, text_of: TextOf) -> Exploration:
    """Runs the whole search. `text_of` gives the source line of a place for the traces."""
    with tempfile.TemporaryDirectory(prefix="kpt-run-") as name:
        binary = placed(model, Path(name))
        finished = _run(binary, bounds)
        events = _events(finished)
        return _exploration(events, finished, _resolver(binary, events, text_of), model.compiler)


def replay(model: Model, bounds: Bounds, schedule: str, text_of: TextOf) -> Replay:
    """Runs one schedule. `result` is violated, held, diverged, no schedule, or how it ended."""
    with tempfile.TemporaryDirectory(prefix="kpt-run-") as name:
        binary = placed(model, Path(name))
        finished = _run(binary, bounds, schedule)
        events = _events(finished)
        found = _violations(events, _resolver(binary, events, text_of))
        for event in _named(events, "replay"):
            return Replay(event["result"], event["steps"], found[0] if found else None)
        return Replay(_end(finished), 0, None)


def placed(model: Model, folder: Path) -> Path:
    """The program as a file in the folder."""
    binary = folder / "model"
    put(binary, model.binary)
    return binary
