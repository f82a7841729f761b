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
    uses in code that the compiler may drop (said to be undecided); the
    headers of other architectures than the first. Namespaces and licences of
    exports. Definitions that move between files that other patches compile.
"""

from collections.abc import Iterator

from kpatch_tools.checks._doubts import Doubt
from kpatch_tools.checks._exports import Exports
from kpatch_tools.checks._linking import Unexported, definitions, judged, may_lack, reached
from kpatch_tools.checks._module_uses import Suspect, suspects
from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.condition import TRUE
from kpatch_tools.domain import Case, Finding, Related, Skipped, Snapshot, Symbol

SEVERITY = "error"
# A name that so many modules may link to is asked no further.
MOST_JUDGED = 40


def check(case: Case) -> Iterator[Finding | Skipped]:
    """What modules cannot link to, at each snapshot, that the base has not."""
    review = case.review
    if not review.snapshots:
        return
    found = [(snapshot, suspects(review, snapshot)) for snapshot in review.snapshots[1:]]
    exports = Exports(review.snapshots[0].tree, touched_paths(review))
    for snapshot, suspected in found:
        for suspect in suspected:
            yield from _told(suspect, exports, snapshot)


def _told(suspect: Suspect, exports: Exports, snapshot: Snapshot) -> Iterator[Finding | Skipped]:
    """One finding, for the first use that cannot be linked; what could not be decided."""
    if not _open(suspect, exports, snapshot):
        return
    defined: tuple[Symbol, ...] | None = None
    doubts = []
    for number, use in enumerate(suspect.uses):
        if number == MOST_JUDGED:
            doubts.append("more files use it than were looked at")
            break
        found = reached(use, exports, snapshot)
        if found and defined is None:
            defined = definitions(suspect.name, snapshot)
        judgement = judged(use, defined or (), found, snapshot)
        if isinstance(judgement, Unexported):
            yield _finding(suspect, judgement, snapshot)
            return
        if isinstance(judgement, Doubt):
            doubts.append(judgement.reason)
        elif not found and suspect.subject == "export" and not doubts:
            defined = definitions(suspect.name, snapshot) if defined is None else defined
            if may_lack(use, defined, exports, snapshot):
                doubts.append("an export may be left where no Kconfig symbol tells")
    if doubts:
        reason = f"unexported cannot be decided: {doubts[0]}"
        yield Skipped(suspect.place, reason, suspect.name)


def _open(suspect: Suspect, exports: Exports, snapshot: Snapshot) -> bool:
    """Whether no export is seen to be always in force."""
    return all(each.condition != TRUE for each in exports.on_a_line(suspect.name, snapshot))


def _finding(suspect: Suspect, first: Unexported, snapshot: Snapshot) -> Finding:
    where, user = first.definition.place, first.use.place
    others = [use.place for use in suspect.uses if use.place != user]
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
