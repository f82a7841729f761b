"""The model: what running the patched C showed."""

from dataclasses import dataclass

from kpatch_tools.domain.reviewing import Review
from kpatch_tools.domain.source import Place


@dataclass(frozen=True, slots=True)
class Drift:
    """A customised function whose prototype in the Tree (`place`) is not that of the shim.

    `declared` and `shim` are the two on one line each. `doubt` says why they
    cannot be compared, "" where they differ.
    """

    name: str
    place: Place
    declared: str
    shim_place: Place
    shim: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Names a model took from the Tree, and those the shim supplied instead.

    Of the names in `counted`, which macros stand for, only the number of
    parameters was held against the Tree's.
    """

    extracted: tuple[str, ...] = ()
    stubbed: tuple[str, ...] = ()
    customised: tuple[str, ...] = ()
    trapped: tuple[str, ...] = ()
    drifts: tuple[Drift, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of an interleaving; `place` in the patched Tree, `text` its source line.

    `what` is the access or primitive of the step: "read of 8 bytes (balloon_mnt)";
    `changes` are the words of shared memory that it changed: "balloon_mnt: 0 -> 0x40a010".
    """

    thread: str
    function: str
    place: Place
    text: str
    what: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Race:
    """Two accesses to one memory that nothing orders, at least one of them a plain one.

    After `schedule` both are about to be made.
    """

    one: TraceStep
    other: TraceStep
    schedule: str


@dataclass(frozen=True, slots=True)
class Held:
    """No invariant failed. `explored` says what was not explored too."""

    states: int
    transitions: int
    extraction: Extraction
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violated:
    """`rule` is the model-* rule; `schedule` replays it."""

    invariant: str
    rule: str
    schedule: str
    trace: tuple[TraceStep, ...]
    states: int
    transitions: int
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class Bounded:
    """A limit was hit before the search was exhausted; nothing failed until then."""

    limit: str
    states: int
    transitions: int
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """No model: the names that are missing, or that no compiler is there."""

    reason: str
    missing: tuple[str, ...] = ()
    extraction: Extraction = Extraction()


Outcome = Held | Violated | Bounded | NotBuilt


@dataclass(frozen=True, slots=True)
class ModelRun:
    """A scenario on the tree after patch `patch` (0: the base).

    `races` are those of the whole exploration, `ends` what the scenario saw in the
    states in which all threads are done ("pages=2 migrated=1"), sorted: two models are
    compared by them. Of the outcomes of an exploration the first one has both.
    `races_dropped` more were found than are kept.
    """

    patch: int
    scenario: str
    outcome: Outcome
    races: tuple[Race, ...] = ()
    ends: tuple[str, ...] = ()
    races_dropped: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """All that a check may look at."""

    review: Review
    runs: tuple[ModelRun, ...] = ()
