"""Uses of members are asked again only where a step may change them: as if all were asked again."""

import random
from collections.abc import Callable

import pytest

from kpatch_tools.domain import Reference, Review, Skipped
from kpatch_tools.review import member_indexes
from tests.small_series import reviewed

HEADERS = ("item.h", "other.h", "macros.h")
SOURCES = ("one.c", "two.c", "three.c", "part.c")
MEMBERS = ("state", "mode", "level")
STRUCT = "struct %s {\n\tint %s;\n\tstruct %s *next;\n};\n"
BODIES = (
    "int f_%d(struct item *x)\n{\n\treturn x->%s;\n}\n",
    "int f_%d(struct other *x)\n{\n\treturn x->next->%s;\n}\n",
    "int f_%d(struct other *x)\n{\n\treturn GET(x);\n}\n/* %s */\n",
    "int f_%d(struct item *x)\n{\n\tstruct other o;\n\treturn GET(x) + LEVEL(&o) + o.%s;\n}\n",
)
Tree = dict[str, str]


def grown(chance: random.Random) -> Tree:
    """A tree of some headers and sources; each includes some of the headers."""
    item, other, macro, nested = (chance.choice(MEMBERS) for _ in range(4))
    first, second = (chance.choice(("item", "other")) for _ in range(2))
    tree = {
        "Makefile": "obj-y += one.o two.o three.o\n",
        "Kconfig": 'config FAST\n\tbool "Fast"\n',
        "item.h": STRUCT % ("item", item, first),
        "other.h": '#include "item.h"\n' + STRUCT % ("other", other, second),
        "macros.h": f"#define GET(x) ((x)->{macro})\n#define LEVEL(x) ((x)->next->{nested})\n",
    }
    return tree | {path: source(path, chance) for path in SOURCES}


def source(path: str, chance: random.Random) -> str:
    included = chance.sample(HEADERS, chance.randint(1, 3))
    if path == "one.c" and chance.random() < 0.7:
        included.append("part.c")
    lines = "".join(f'#include "{each}"\n' for each in included)
    number = SOURCES.index(path)
    bodies = chance.sample(BODIES, 2)
    functions = (
        body % (10 * number + at, chance.choice(MEMBERS)) for at, body in enumerate(bodies)
    )
    return lines + "".join(functions)


def series(chance: random.Random) -> list[Tree]:
    states = [grown(chance)]
    for _ in range(5):
        other = grown(chance)
        changed = chance.sample((*HEADERS, *SOURCES), chance.choice((1, 1, 2)))
        states.append(states[-1] | {path: other[path] for path in changed})
    return states


def everything(*_: object) -> Callable[[str], bool]:
    return lambda path: True


def members(review: Review) -> list[tuple[list[Reference], tuple[Skipped, ...]]]:
    return [
        (
            [use for use in snapshot.index.references if use.kind == "member"],
            snapshot.index.unclassified,
        )
        for snapshot in review.snapshots
    ]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_not_asked_again_is_as_it_was(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    states = series(random.Random(seed))
    some = members(reviewed(*states))
    monkeypatch.setattr(member_indexes, "_felt", everything)
    every = members(reviewed(*states))

    assert some == every
    assert any(uses for uses, _ in every)


def test_some_files_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    felt = member_indexes._felt
    answers: list[bool] = []

    def noting(*given: object) -> Callable[[str], bool]:
        feels = felt(*given)  # type: ignore[arg-type]

        def noted(path: str) -> bool:
            answers.append(feels(path))
            return answers[-1]

        return noted

    monkeypatch.setattr(member_indexes, "_felt", noting)
    for seed in range(5):
        reviewed(*series(random.Random(seed)))

    assert answers.count(False) > len(answers) / 10
