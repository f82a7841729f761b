"""Trees in which files come and go: what a sight keeps of the tree before is as if found anew."""

import random
from collections.abc import Mapping

import pytest

from kpatch_tools.domain import Review
from kpatch_tools.review.reading import Reading
from kpatch_tools.review.sight import FileSight
from tests.memory_tree import MemoryTree
from tests.small_series import reviewed

HEADERS = (
    "include/linux/item.h",
    "include/asm-generic/item.h",
    "arch/x86/include/asm/item.h",
    "drivers/bus/item.h",
    "drivers/bus/include/item.h",
    "drivers/bus/part.h",
)
SOURCES = ("drivers/bus/main.c", "drivers/bus/part.c", "kernel/core.c")
INCLUDES = (
    "#include <linux/item.h>\n",
    "#include <asm/item.h>\n",
    '#include "item.h"\n',
    '#include "part.h"\n',
    '#include "part.c"\n',
)
LINES = (
    "int get(int x);\n",
    "#define get(x) take(x)\n",
    "int take(int x);\n",
    "struct item {\n\tint %s;\n};\n",
    "#define MAKE(n) int n##_take(void)\nMAKE(get);\n",
)
MEMBERS = ("mode", "state")
BODY = "int f%d(struct item *x)\n{\n\treturn get(x->%s) + take(x->%s);\n}\n"
NAMES = ("get", "take", "get_take", "item")
State = Mapping[str, str]


def text(path: str, chance: random.Random) -> str:
    lines = [*chance.sample(INCLUDES, 2), *chance.sample(LINES, 2)]
    found = "".join(lines).replace("%s", chance.choice(MEMBERS))
    if path.endswith(".c"):
        found += BODY % (SOURCES.index(path), chance.choice(MEMBERS), chance.choice(MEMBERS))
    return found


def states(chance: random.Random) -> list[State]:
    fixed = {
        "Makefile": "obj-y += drivers/bus/ kernel/\n",
        "drivers/bus/Makefile": "obj-y += main.o part.o\n",
        "kernel/Makefile": "obj-y += core.o\n",
        "Kconfig": 'config FAST\n\tbool "Fast"\n',
        "arch/x86/Kconfig": "",
    }
    found: list[State] = [fixed | {path: text(path, chance) for path in (*HEADERS, *SOURCES)}]
    for _ in range(5):
        later = dict(found[-1])
        for path in chance.sample((*HEADERS, *SOURCES), chance.choice((1, 1, 2))):
            if path in later and path in HEADERS and chance.random() < 0.6:
                del later[path]
            else:
                later[path] = text(path, chance)
        found.append(later)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_sights_are_those_of_fresh_ones(seed: int) -> None:
    chance = random.Random(seed)
    chosen = states(chance)
    sights = [FileSight(MemoryTree(chosen[0]), Reading())]
    for number in range(1, len(chosen)):
        before, after = chosen[number - 1], chosen[number]
        paths = {p for p in {*before, *after} if before.get(p) != after.get(p)}
        # what was asked before is what may be kept
        told(sights[-1], chosen[number - 1])
        sights.append(sights[-1].changed(MemoryTree(after), frozenset(paths)))

    for sight, state in reversed(list(zip(sights, chosen, strict=True))):
        assert told(sight, state) == told(FileSight(MemoryTree(state), Reading()), state)


def told(sight: FileSight, state: State) -> list[object]:
    looks = (sight.declared, sight.macros, sight.searched, sight.doubts)
    paths = [path for path in (*HEADERS, *SOURCES) if path in state]
    return [
        (path, sorted(sight.reached(path)), sight.unresolved(path), name, look(path, name))
        for path in paths
        for name in NAMES
        for look in looks
    ]


@pytest.mark.parametrize("seed", range(30))
def test_reviews_are_those_with_fresh_sights(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = states(random.Random(seed))
    some = everything(reviewed(*chosen))
    monkeypatch.setattr(
        FileSight, "changed", lambda self, tree, paths: FileSight(tree, self._reading)
    )

    assert some == everything(reviewed(*chosen))


def everything(review: Review) -> list[object]:
    found: list[object] = [review.changes, review.callsites, review.skipped]
    for snapshot in review.snapshots:
        index = snapshot.index
        found += [index.symbols, index.references, index.unclassified]
    return found


def test_users_of_a_macro_are_looked_for_in_files_that_came() -> None:
    before = {"drivers/bus/item.h": "#define GET(x) ((x)->mode)\n", "drivers/bus/main.c": ""}
    new = "drivers/bus/new.c"
    after = before | {new: '#include "item.h"\nint f(struct item *x)\n{\n\treturn GET(x);\n}\n'}
    first = FileSight(MemoryTree(before), Reading())
    assert first.units.users("GET", "drivers/bus/item.h") == (
        first.units.places("drivers/bus/item.h"),
    )

    units = first.changed(MemoryTree(after), frozenset((new,))).units

    users = units.users("GET", "drivers/bus/item.h") or ()
    assert set(users) == {units.places("drivers/bus/item.h"), units.places(new)}
