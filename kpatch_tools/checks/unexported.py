"""A module uses what is built into the kernel and is not exported.

What it finds
    A function or variable that a file which can be a module uses, while the
    definition can be built into the kernel at the same time and no EXPORT is
    in force there: the series adds the use (in the file, or in an inline
    function of a header that the file calls), drops the export or puts it
    under another #if, or lets the file be a module. The witness has the user
    as a module and the definition built in.

Why it matters
    The kernel links and the module does not (modpost: "undefined!"); the
    author who builds the file in never sees it.

Example
    int item_start(struct item *item) { ... }     lib/item.c, obj-y
     ...
    +	item_start(item);                         drivers/shop.c, obj-$(CONFIG_SHOP)

What it does not see
    Definitions in assembly or made by macros; a definition in another module;
    uses in code that the compiler may drop or fold (said to be undecided); the
    headers of other architectures than the first. Namespaces and licences of
    exports. Definitions that move between files that other patches compile.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, zip_longest

from kpatch_tools.checks._carried import Carried, Cut, carried
from kpatch_tools.checks._doubts import Doubt
from kpatch_tools.checks._exports import Exports
from kpatch_tools.checks._linking import Definitions, Unexported, judged, may_lack, modules, reached
from kpatch_tools.checks._module_uses import Contents, Suspect, suspects
from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.condition import TRUE
from kpatch_tools.domain import (
    Case,
    Finding,
    Place,
    Reference,
    Related,
    Skipped,
    Snapshot,
    Symbol,
)

SEVERITY = "error"
# A name that so many modules may link to is asked no further.
MOST_JUDGED = 40


def check(case: Case) -> Iterator[Finding | Skipped]:
    """What modules cannot link to, at each snapshot, that the base has not."""
    review = case.review
    if not review.snapshots:
        return
    contents = Contents()
    found = [(each, suspects(review, each, contents)) for each in review.snapshots[1:]]
    exports = Exports(review.snapshots[0].tree, touched_paths(review))
    defined = Definitions()
    for snapshot, suspected in found:
        for suspect in suspected:
            yield from _told(suspect, exports, defined, snapshot)


def _told(
    suspect: Suspect, exports: Exports, defined: Definitions, snapshot: Snapshot
) -> Iterator[Finding | Skipped]:
    """One finding, for the first use that cannot be linked; what could not be decided."""
    if not _open(suspect, exports, snapshot):
        return
    judge = _Judge(suspect, exports, defined, snapshot)
    sources = _in_turn(use for use in suspect.uses if not use.place.path.endswith(".h"))
    # the definition's own module has many uses and needs no export, but under an odd condition
    direct = sorted(sources, key=judge.within)
    above = [use for use in suspect.uses if use.place.path.endswith(".h")]
    met = [use.place for use in direct if not judge.within(use)]
    doubts: list[str] = []
    abroad: Unexported | None = None
    for number, each in enumerate(chain(direct, carried(above, snapshot))):
        if isinstance(each, Cut) or number == MOST_JUDGED:
            doubts.append("more files use it than were looked at")
            if number == MOST_JUDGED:
                break
            continue
        use = each.use if isinstance(each, Carried) else each
        met.append(use.place)
        # a way that may be folded is no more than a doubt
        if isinstance(each, Carried) and not each.sure and doubts:
            continue
        judgement = judge.of(use, is_first=not doubts)
        if isinstance(judgement, Doubt):
            doubts.append(judgement.reason)
        elif judgement is not None and isinstance(each, Carried) and not each.sure:
            doubts.append(f"{use.function} of {use.place.path} has it by what may be folded")
        elif judgement is not None and judgement.witness.architecture:
            # one of the default architecture is easier to build
            abroad = abroad or judgement
        elif judgement is not None:
            yield _finding(suspect, judgement, met, snapshot)
            return
    if abroad is not None:
        yield _finding(suspect, abroad, met, snapshot)
    elif doubts:
        reason = f"unexported cannot be decided: {doubts[0]}"
        yield Skipped(suspect.place, reason, suspect.name)


def _in_turn(uses: Iterable[Reference]) -> list[Reference]:
    """The first use of each file, then the second of each."""
    files: dict[str, list[Reference]] = {}
    for use in uses:
        files.setdefault(use.place.path, []).append(use)
    return [use for turn in zip_longest(*files.values()) for use in turn if use is not None]


class _Judge:
    """Judges uses of one name; its definitions are looked for when the first use asks."""

    def __init__(
        self, suspect: Suspect, exports: Exports, known: Definitions, snapshot: Snapshot
    ) -> None:
        self._suspect = suspect
        self._exports = exports
        self._known = known
        self._snapshot = snapshot

    @cached_property
    def _defined(self) -> tuple[Symbol, ...]:
        return self._known.of(self._suspect.name, self._snapshot)

    def within(self, use: Reference) -> bool:
        """Whether the use and each definition are parts of the same modules."""
        users = {link.target for link in modules(use.place.path, self._snapshot)}
        return bool(self._defined) and all(
            users <= {link.target for link in modules(each.place.path, self._snapshot)}
            for each in self._defined
        )

    def of(self, use: Reference, *, is_first: bool) -> Unexported | Doubt | None:
        """What is wrong with the use, or may be: that is asked of the first one alone."""
        exports, snapshot = self._exports, self._snapshot
        found = reached(use, exports, snapshot)
        if found and (said := judged(use, self._defined, found, snapshot)) is not None:
            return said
        asked = self._suspect.subject == "export" and is_first
        if asked and may_lack(use, self._defined, exports, snapshot):
            return Doubt("an export may be left where no Kconfig symbol tells")
        return None


def _open(suspect: Suspect, exports: Exports, snapshot: Snapshot) -> bool:
    """Whether no export is seen to be always in force."""
    return all(each.condition != TRUE for each in exports.on_a_line(suspect.name, snapshot))


def _finding(suspect: Suspect, first: Unexported, met: list[Place], snapshot: Snapshot) -> Finding:
    where, user = first.definition.place, first.use.place
    others = [place for place in met if place != user]
    return Finding(
        rule="unexported",
        severity="error",
        evidence="proved",
        patch=snapshot.number,
        place=where if suspect.subject == "export" else suspect.place,
        message=(
            f"{suspect.name} is used by a module ({user.path}) while {where.path} is built"
            " into the kernel and does not export it"
        ),
        function=suspect.function,
        symbol=suspect.name,
        condition=first.condition,
        witness=first.witness,
        suggestion=f"add EXPORT_SYMBOL_GPL({suspect.name}), or do not use it in a module",
        subject=suspect.subject,
        related=(
            Related(where, "defined here"),
            Related(user, "used here, in what can be a module"),
            *(Related(place, "used here too") for place in others),
        ),
    )
