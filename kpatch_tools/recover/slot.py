"""What the choices of one line depend on: its surroundings, and what was chosen before it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kpatch_tools.recover.evidence import Pair
from kpatch_tools.recover.gaps import LOOSE
from kpatch_tools.recover.kinds import Kind
from kpatch_tools.recover.stand import Stand

Names = frozenset[str]
Held = tuple[Names, Names]


class Ref(NamedTuple):
    """A gap of the same kind nearby: the column it leads to, its space, how far it is.

    `far`: lines between, as a class: 1, 2 (to 4) or 5 (more).
    """

    column: int
    space: str
    far: int


class View(NamedTuple):
    """All that a slot's choices depend on and that changes from draft to draft.

    `near` and `author`: names that held when a line of this habit was last
    met, or last written by the author. `shift`: columns by which the pair
    before was moved. `gaps`: for each telling kind of gap of the slot the
    last one met, and by which names the author chose the last one. `loose`:
    whether the loose gaps of the last line met, and of the last one written,
    were all one blank.
    """

    stand: Stand
    near: Held | None
    author: Held | None
    shift: int | None
    gaps: tuple[tuple[Ref | None, Held | None], ...]
    loose: tuple[Held | None, Held | None] = (None, None)


class Slot(NamedTuple):
    """A row of the new side and its fixed surroundings.

    `kind`, `usual`: of the file, and its habits. `text`: folded. `known`: the
    full line, where it stands in the file. `led`: whether a blank followed the
    `+`. `following`: class of the next row's first word. `ahead`: indent of
    the next known line, `distance` rows away, and `next_gaps`, by kind.
    `kinds`: of the gaps; `telling`: the distinct ones that neighbours share.
    `doubted`: stands in the file right behind a written line. `fits`: by kind
    of gap, the longest text before it among the rows of its table: column of
    those that stand in the file, length of those to be written. `end`: what
    ends the line. `pair`: the removed line it repeats, `pair_held` what held
    for that one's indent. `pair_gaps`: for each gap a name and a space, from
    the pair or from `same`, a line of the same text in the file.
    """

    kind: Kind
    text: str
    usual: Mapping[str, Held]
    known: str | None = None
    led: bool = False
    following: str = "blank"
    ahead: str | None = None
    distance: int = 0
    next_gaps: Mapping[str, Ref] = MappingProxyType({})
    kinds: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    doubted: bool = False
    fits: Mapping[str, tuple[int, int]] = MappingProxyType({})
    end: str = "\n"
    pair: Pair | None = None
    pair_held: Held | None = None
    pair_gaps: tuple[tuple[str, str], ...] = ()
    same: str | None = None

    @property
    def has_loose(self) -> bool:
        return len(self.telling) < len(self.kinds) and not LOOSE.isdisjoint(self.kinds)


def held(spaces: Mapping[str, str], space: str) -> Held:
    """The names that meant `space`, and those that did not."""
    yes = frozenset(name for name, value in spaces.items() if value == space)
    return yes, frozenset(spaces) - yes
