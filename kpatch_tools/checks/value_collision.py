"""A new constant whose value another constant of its family has already.

What it finds
    A constant that the series adds, or gives another value, in a family whose
    values were all distinct before the series: the magics of a file, its
    ioctl numbers of one type, the enumerators of one enum, the flags or
    numbers of one paragraph of defines or of one prefix.

Why it matters
    Two file systems with one magic, two ioctls with one number, two flags on
    one bit: nothing breaks when it is built, and what is meant for one is
    taken by the other.

Example
    #define FIRST_MAGIC	0x1234
     ...
    +#define LAST_MAGIC	0x1234

What it does not see
    Values that are not spelled out as a number; families across files; a
    family with few members, or with equal values before the series: there
    equal values may be meant. Bounds, masks and names whose own ending or
    digits alone tell them apart are left out. Ioctls with one number, but of
    another direction or size; defines of flags outside include/uapi: there two
    registers may stand in one list.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.checks._constants import Constant, Family, alike, constants, families
from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.condition import all_of
from kpatch_tools.csource import line_conditions
from kpatch_tools.domain import Case, Finding, Place, Related, Snapshot
from kpatch_tools.review.cover import thinkable

SEVERITY = "warning"
# More at once are a second set of values beside the first, and meant.
MOST = 2


@dataclass(frozen=True, slots=True)
class Collision:
    """`new` has the value of `old`, in a family known by `label`."""

    new: Constant
    old: Constant
    label: str


def check(case: Case) -> Iterator[Finding]:
    """Collisions of each snapshot that the base has not."""
    snapshots = case.review.snapshots
    paths = [path for path in sorted(touched_paths(case.review)) if path.endswith((".c", ".h"))]
    for path in paths:
        base = snapshots[0].tree.read(path)
        for snapshot in snapshots[1:] if base is not None else ():
            source = snapshot.tree.read(path) or b""
            for collision in collisions(path, base or b"", source) if source != base else ():
                if _meet(collision, source, snapshot):
                    yield _finding(collision, path, snapshot)


def collisions(path: str, before: bytes, after: bytes) -> Iterator[Collision]:
    """What a file's constants collide with after a change, each constant once."""
    old, new = constants(before), constants(after)
    kept = {(each.name, each.value, each.number) for each in old}
    fresh = [each for each in new if (each.name, each.value, each.number) not in kept]
    told: set[str] = set()
    for family in families(old, "/uapi/" in f"/{path}") if fresh else ():
        found = list(_within(family, new, fresh))
        for collision in found if len(found) <= MOST else ():
            if collision.new.name not in told:
                told.add(collision.new.name)
                yield collision


def _within(
    family: Family, new: tuple[Constant, ...], fresh: list[Constant]
) -> Iterator[Collision]:
    members = [each for each in new if family.takes(each)]
    if family.close:
        names = {each.name for each in family.members}
        homes = Counter(each.home for each in members if each.name in names)
        home = max(homes, key=lambda name: homes[name], default="")
        members = [each for each in members if each.home == home]
    for each in members:
        taken = (m for m in members if m not in fresh and family.value(m) == family.value(each))
        other = next((m for m in taken if not alike(each.name, m.name)), None)
        begins = each.value is not None and each.value == family.first
        if each in fresh and other is not None and not begins:
            yield Collision(each, other, family.label)


def _meet(collision: Collision, source: bytes, snapshot: Snapshot) -> bool:
    """Whether one configuration has both constants."""
    lines = line_conditions(source)
    both = all_of(lines.at(collision.new.line), lines.at(collision.old.line))
    return thinkable(both, snapshot.configuration)


def _finding(collision: Collision, path: str, snapshot: Snapshot) -> Finding:
    new, old = collision.new, collision.old
    value = new.number or (hex(new.value) if new.value is not None else "")
    return Finding(
        rule="value-collision",
        severity="warning",
        evidence="found",
        patch=snapshot.number,
        place=Place(path, new.line),
        message=(
            f"{new.name} has the value {value} of {old.name}; before the series all"
            f" {collision.label} were distinct"
        ),
        symbol=new.name,
        suggestion="give it a value that is free",
        subject=old.name,
        related=(Related(Place(path, old.line), f"{old.name} has the value already"),),
    )
