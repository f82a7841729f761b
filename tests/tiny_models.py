"""The programs of fixtures/engine, built once for all tests."""

import functools
from pathlib import Path

from kpatch_tools.domain import NotBuilt
from kpatch_tools.modelcheck.build import (
    Model,
    Sources,
    Toolchain,
    Unit,
    build_model,
    find_toolchain,
)
from kpatch_tools.modelcheck.run import Bounds, Exploration, Replay, explore, replay, text_in_units

FOLDER = Path(__file__).parent.parent / "fixtures" / "engine"
BOUNDS = Bounds(seconds=30, megabytes=256, faults=1, reduce=False, walks=0)


@functools.cache
def toolchain() -> Toolchain:
    found = find_toolchain()
    assert isinstance(found, Toolchain)
    return found


def build(text: str, name: str = "program.c") -> Model | NotBuilt:
    headers = tuple(Unit(path.name, path.read_text()) for path in sorted(FOLDER.glob("*.h")))
    return build_model(toolchain(), Sources((Unit(name, text),), headers))


def built(text: str) -> Model:
    model = build(text)
    assert isinstance(model, Model), model
    return model


@functools.cache
def program(name: str) -> Model:
    model = build((FOLDER / name).read_text(), name)
    assert isinstance(model, Model), model
    return model


def explored(model: Model, bounds: Bounds = BOUNDS) -> Exploration:
    return explore(model, bounds, text_in_units(model))


def replayed(model: Model, schedule: str) -> Replay:
    return replay(model, BOUNDS, schedule, text_in_units(model))
