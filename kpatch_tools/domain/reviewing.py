"""The review: before and after joined."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kpatch_tools.condition import TRUE, Condition
from kpatch_tools.domain.application import Step
from kpatch_tools.domain.building import Configuration
from kpatch_tools.domain.series import Series
from kpatch_tools.domain.source import Index, Place, Skipped, Symbol
from kpatch_tools.domain.tree import Tree


class Sight(Protocol):
    """What the files of one Tree declare to each other. Implementation: `kpatch_tools.review`."""

    def declared(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Every declaration in the file or in what it may include, under its own #if lines."""
        ...

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        """Every declaration that stands in this one file, under its own #if lines."""
        ...

    def own(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Those of one name that stand in this one file."""
        ...

    def macros(self, path: str, name: str) -> tuple[Symbol, ...]:
        """Those of `declared` that are macros."""
        ...

    def searched(self, path: str, name: str) -> tuple[Symbol, ...]:
        """As `declared`, looked for on every line: slower, and it misses no enumerator."""
        ...

    def unresolved(self, path: str) -> tuple[str, ...]:
        """Names that the file itself includes and no file of the tree answers to."""
        ...

    def reached(self, path: str) -> frozenset[str]:
        """Every file that may be included from `path`, itself left out."""
        ...

    def doubts(self, path: str, name: str) -> tuple[Skipped, ...]:
        """What may declare the name too and was not understood."""
        ...


@dataclass(frozen=True, slots=True)
class Blind:
    """Sees no declaration, and says so."""

    def declared(self, path: str, name: str) -> tuple[Symbol, ...]:
        return ()

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        return ()

    def own(self, path: str, name: str) -> tuple[Symbol, ...]:
        return ()

    def macros(self, path: str, name: str) -> tuple[Symbol, ...]:
        return ()

    def searched(self, path: str, name: str) -> tuple[Symbol, ...]:
        return ()

    def unresolved(self, path: str) -> tuple[str, ...]:
        return ()

    def reached(self, path: str) -> frozenset[str]:
        return frozenset()

    def doubts(self, path: str, name: str) -> tuple[Skipped, ...]:
        return (Skipped(Place(path, 0), "declarations were not looked for", name),)


class Structs(Protocol):
    """What files of one Tree see of structs. Implementation: `kpatch_tools.review`."""

    def members(self, path: str, owner: str, name: str) -> tuple[Symbol, ...] | None:
        """The member's declarations in sight; None: no such struct, or not wholly understood."""
        ...

    def owners(self, path: str, line: int, name: str) -> frozenset[str]:
        """The structs whose member a token of the name on the line may be."""
        ...


@dataclass(frozen=True, slots=True)
class NoStructs:
    """Sees no struct."""

    def members(self, path: str, owner: str, name: str) -> tuple[Symbol, ...] | None:
        return None

    def owners(self, path: str, line: int, name: str) -> frozenset[str]:
        return frozenset()


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
    """`guard` is the predicate that tells objects of the migration's kind, "" if none does."""

    name: str
    summary: str
    hooks: tuple[Hook, ...]
    guard: str = ""


ChangeKind = Literal["removed", "added", "renamed", "resigned", "reguarded", "moved", "edited"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a patch did to a symbol, told from the trees before and after it.

    `condition` is where the change holds (an arm of an #if may change alone).
    """

    patch: int
    symbol: str
    kind: ChangeKind
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
    sight: Sight = Blind()
    structs: Structs = NoStructs()


@dataclass(frozen=True, slots=True)
class Other:
    """A further revision, named as the user did, and what of the index the base has not."""

    revision: str
    index: Index


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Review:
    """Before and after joined. `snapshots[0]` is the base, then one per step.

    `beside`: of a touched .c file that includes another, or is included, the other
    sources of those translation units, which may use what it has for itself;
    and the headers beside it that it includes. `hidden`: for each snapshot the
    names, by path, whose declarations stand in the text and are not understood.
    """

    series: Series
    steps: tuple[Step, ...]
    snapshots: tuple[Snapshot, ...]
    changes: tuple[Change, ...]
    callsites: tuple[CallSite, ...]
    migration: Migration | None
    skipped: tuple[Skipped, ...] = ()
    others: tuple[Other, ...] = ()
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden: tuple[Mapping[str, frozenset[str]], ...] = ()
