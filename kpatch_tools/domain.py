"""The nouns: every value that passes from one stage of kpt to the next.

Frozen, slotted, tuples inside. Lines are 1-based, ranges first..last
inclusive. Source text is bytes; names, subjects and messages are str.
Patch numbers are those of the subject (`13/18` is 13); 0 is the base tree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from kpatch_tools.condition import TRUE, Condition

# --- the series -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `text` has no sign and no newline.

    `ended` is False where "\\ No newline at end of file" follows.
    """

    sign: Literal[" ", "-", "+"]
    text: bytes
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk as the patch states it. Starts are 0 for an absent side."""

    old_start: int
    new_start: int
    lines: tuple[Line, ...]
    section: bytes = b""

    @property
    def old_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.sign != "+")

    @property
    def new_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.sign != "-")


@dataclass(frozen=True, slots=True)
class Blobs:
    """The two object ids of an `index` line, as abbreviated there; None: all zeros."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Modes:
    """File modes as octal numbers (0o100644); None: not stated or absent."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file's part of a patch. A path is None where that side is /dev/null.

    `copied` tells a copy from a rename where both paths are set and differ.
    `binary` marks a diff whose content is not text hunks.
    """

    old_path: str | None
    new_path: str | None
    hunks: tuple[Hunk, ...] = ()
    blobs: Blobs | None = None
    modes: Modes | None = None
    copied: bool = False
    binary: bool = False

    @property
    def path(self) -> str:
        return self.new_path or self.old_path or ""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch. `folded`: its carrier lost whitespace (archive text).

    `author` is "Name <address>"; `date` as the mail or commit has it;
    `recipients` are the To and Cc addresses in order.
    """

    number: int
    subject: str
    author: str
    message_id: str | None
    message: str
    diffs: tuple[FileDiff, ...]
    date: str = ""
    recipients: tuple[str, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Patches in order. `total` is the N of [n/N]; `base` a commit id if stated."""

    title: str
    version: int
    base: str | None
    patches: tuple[Patch, ...]
    total: int = 0

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of [1..total] that are not here."""
        present = {patch.number for patch in self.patches}
        return tuple(n for n in range(1, self.total + 1) if n not in present)


# --- the tree and what a patch did to it -----------------------------------


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file's bytes and mode. A symlink (0o120000) holds its target."""

    content: bytes
    mode: int = 0o100644


class Tree(Protocol):
    """path -> bytes or absent. Read-only; `with_files` gives a new Tree.

    Implementations: `kpatch_tools.tree` (directory, revision, overlay).
    """

    @property
    def label(self) -> str:
        """What the user would call it: `REPO@REV`, a directory. No temporary path."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content, or None where there is no such file."""
        ...

    def mode(self, path: str) -> int | None: ...

    def blob_id(self, path: str) -> str | None:
        """The full git blob id (40 hex digits) of the content."""
        ...

    def paths(self) -> tuple[str, ...]:
        """Every file, sorted."""
        ...

    def naming(self, words: frozenset[str]) -> tuple[str, ...]:
        """Sorted paths of files in which any of the words stands as a whole word."""
        ...

    def with_files(self, files: Mapping[str, TreeFile | None]) -> "Tree":
        """The same tree with these files replaced, or removed where None."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """Hunk number `hunk` (1-based) of `path` met the tree at `line`.

    `offset` is line minus where the hunk says; `fuzz` context lines ignored.
    """

    path: str
    hunk: int
    line: int
    outcome: Literal["exact", "offset", "fuzz", "merged", "already"]
    offset: int = 0
    fuzz: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A hunk that did not fit: where its best match stops and what stands there."""

    path: str
    hunk: int
    line: int
    reason: str
    expected: bytes = b""
    found: bytes = b""


Placement = Placed | Rejected


@dataclass(frozen=True, slots=True)
class FileResult:
    """What a patch made of a file, against what its index line claims.

    `guessed` are lines (of the file after) whose whitespace was guessed and
    not proved. Blob ids are full; claims are as abbreviated in the patch.
    """

    path: str
    blob_before: str | None
    blob_after: str | None
    claimed_after: str | None
    proof: Literal["proved", "mismatch", "unproved", "unclaimed"]
    guessed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One patch, the Tree before and the Tree after. Rejected hunks left no trace."""

    patch: Patch
    before: Tree
    after: Tree
    placements: tuple[Placement, ...]
    files: tuple[FileResult, ...]


# --- reading C --------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Place:
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Region:
    """Lines first..last of a file are compiled under `condition`."""

    first: int
    last: int
    condition: Condition


SymbolKind = Literal[
    "function", "prototype", "macro", "struct", "union", "enum", "typedef", "member",
    "enumerator", "variable", "label",
]  # fmt: skip

ReferenceKind = Literal[
    "call", "address", "initialiser", "macro-argument", "macro-body", "definition", "prototype",
    "export", "alias", "member", "type", "enumerator", "macro", "label", "pasted", "assembly",
    "comment", "documentation", "build", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """Return type and parameter types, whitespace normalised, names dropped.

    `parameters` is () for `(void)`. `variadic` for `...`.
    """

    returns: str
    parameters: tuple[str, ...]
    variadic: bool = False
    static: bool = False
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition or declaration. `place` is the line of the name, `last` where it ends.

    `owner` is the struct, union or enum of a member or enumerator, or the
    function of a label. `text` is the normalised text of a macro, a member
    or a one-line definition: what a change is told by.
    """

    name: str
    kind: SymbolKind
    signature: Signature | None
    place: Place
    condition: Condition
    last: int = 0
    owner: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A token that names a symbol, classified. `arguments` is the count in a call.

    `function` is the enclosing function or macro, "" at file scope. `target`
    tells where an initialiser goes: "balloon_aops.migratepage" or "".
    """

    symbol: str
    kind: ReferenceKind
    place: Place
    function: str
    condition: Condition
    arguments: int | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not looked at, and why. `symbol` if a symbol in question is concerned."""

    place: Place
    reason: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """Symbols and references of one Tree (or one file), restricted to the names asked for."""

    symbols: tuple[Symbol, ...] = ()
    references: tuple[Reference, ...] = ()
    unclassified: tuple[Skipped, ...] = ()


# --- the review -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Witness:
    """A minimal `.config` fragment under which a condition holds."""

    lines: tuple[str, ...]


class Configuration(Protocol):
    """What Kbuild and Kconfig of one Tree say. Implementation: `kpatch_tools.kbuild`."""

    def file_condition(self, path: str) -> Condition:
        """When the file is compiled at all (TRUE for headers)."""
        ...

    def witness(self, condition: Condition) -> Witness | None:
        """A configuration under which the condition holds; None: Kconfig excludes it."""
        ...


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook of a migration and what must replace direct calls of it.

    `route` hops: function names, or `mapping->a_ops->member` style member
    accesses, from the dispatcher to the implementing function; `table` is
    the ops table that installs it. Empty route: the hook is simply gone.
    """

    name: str
    route: tuple[str, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    summary: str
    hooks: tuple[Hook, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a patch did to a symbol, told from the trees before and after it.

    `condition` is where the change holds (an arm of an #if may change alone).
    """

    patch: int
    symbol: str
    kind: Literal["removed", "added", "renamed", "resigned", "reguarded", "moved", "edited"]
    before: Symbol | None
    after: Symbol | None
    condition: Condition = TRUE


CallSiteStatus = Literal["removed", "routed", "updated", "stale", "unrouted", "unclassified"]


@dataclass(frozen=True, slots=True)
class CallSite:
    """A use that a symbol had before, and what became of it."""

    patch: int
    symbol: str
    kind: str
    before: Place | None
    after: Place | None
    function: str
    condition: Condition
    status: CallSiteStatus
    route: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tree after patch `number` (0: the base), read for the symbols in question."""

    number: int
    tree: Tree
    index: Index
    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Review:
    """Before and after joined. `snapshots[0]` is the base, then one per step."""

    series: Series
    steps: tuple[Step, ...]
    snapshots: tuple[Snapshot, ...]
    changes: tuple[Change, ...]
    callsites: tuple[CallSite, ...]
    migration: Migration | None
    skipped: tuple[Skipped, ...] = ()


# --- the model --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extraction:
    """Names a model took from the Tree, and those the shim supplied instead."""

    extracted: tuple[str, ...] = ()
    stubbed: tuple[str, ...] = ()
    customised: tuple[str, ...] = ()
    trapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of an interleaving; `place` in the patched Tree, `text` its source line."""

    thread: str
    function: str
    place: Place
    text: str


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
    """A scenario on the tree after patch `patch` (0: the base)."""

    patch: int
    scenario: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """All that a check may look at."""

    review: Review
    runs: tuple[ModelRun, ...] = ()


# --- the report -------------------------------------------------------------

Severity = Literal["error", "warning", "note"]
Evidence = Literal["proved", "found", "suspected"]
Answer = Literal["proved", "refuted", "incomplete", "not asked"]


@dataclass(frozen=True, slots=True)
class Related:
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim with its evidence.

    A check yields one for each snapshot in which it holds, with `patch` the
    snapshot's number; `verdict.settle` joins them over the series and fills
    `introduced_in`, `gone_in`, `preexisting` and `id`. `subject` is what
    identity is told by beside rule, path, function and symbol: free of line
    numbers.
    """

    rule: str
    severity: Severity
    evidence: Evidence
    patch: int
    place: Place
    message: str
    function: str = ""
    symbol: str = ""
    condition: Condition = TRUE
    witness: Witness | None = None
    suggestion: str = ""
    subject: str = ""
    related: tuple[Related, ...] = ()
    introduced_in: int = 0
    gone_in: int | None = None
    preexisting: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    applies: Answer
    callers: Answer
    model: Answer


@dataclass(frozen=True, slots=True)
class Report:
    """What is printed. `settled` findings: joined over the series and sorted."""

    series: Series
    base: str
    steps: tuple[Step, ...]
    answers: Answers
    verdict: Answer
    findings: tuple[Finding, ...]
    callsites: tuple[CallSite, ...]
    runs: tuple[ModelRun, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...] = ()


def by_path(diffs: Iterable[FileDiff]) -> Mapping[str, FileDiff]:
    """Diffs keyed by `FileDiff.path`; a later one of the same path wins."""
    return {diff.path: diff for diff in diffs}
