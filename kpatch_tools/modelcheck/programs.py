"""Turns a scenario and a tree into a request for extraction, and what comes into a program."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from kpatch_tools.domain import NotBuilt, Place, Tree
from kpatch_tools.modelcheck import build
from kpatch_tools.modelcheck.extract import (
    Model,
    Request,
    TreeState,
    Workspace,
    index_of,
)
from kpatch_tools.modelcheck.scenario import OURS, Scenario, Unfit
from kpatch_tools.resources import package_folder

PRIMARY = "customised"
LATER = ("stubbed.h", "types.h", "annotations.h")


def fitted(scenario: Scenario, state: TreeState, workspace: Workspace) -> Scenario | Unfit:
    """The scenario with its variant for the tree, or why it does not apply to this tree."""
    index = index_of(state, request_of(scenario, {}), workspace)
    return scenario.on_tree(index.defines)


def request_of(scenario: Scenario, parameters: Mapping[str, str]) -> Request:
    """What to extract for one run of the scenario."""
    return Request(
        scenario=(scenario.path, scenario.source),
        shim={**dict(scenario.stand_ins), **shim_files()},
        engine=package_folder("modelcheck/engine").joinpath("engine.h").read_bytes(),
        subjects=scenario.subjects,
        traps=scenario.traps,
        on=scenario.on,
        values=scenario.values,
        parameters={**scenario.parameters, **parameters},
    )


def shim_files() -> dict[str, bytes]:
    """The general shim by path, in the order in which it wins."""
    folder = package_folder("modelcheck/shim")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".h"))
    ordered = [name for name in names if name.startswith(PRIMARY)]
    ordered += [name for name in LATER if name in names]
    return {f"{OURS}shim/{name}": folder.joinpath(name).read_bytes() for name in ordered}


def program_of(model: Model, toolchain: build.Toolchain) -> build.Model | NotBuilt:
    """The model compiled and linked with the engine."""
    units: list[build.Unit] = []
    primitives: list[build.Unit] = []
    for unit in model.units:
        text = build.Unit(unit.name, unit.text.decode("latin-1"))
        (units if unit.instrumented else primitives).append(text)
    built = build.build_model(toolchain, build.Sources(tuple(units), (), tuple(primitives)))
    if isinstance(built, NotBuilt):
        return replace(built, extraction=model.extraction)
    return built


def sources_of(scenario: Scenario) -> dict[str, bytes]:
    """The C of ours in the scenario's model, by the path that traces give it."""
    return {scenario.path: scenario.source, **dict(scenario.stand_ins), **shim_files()}


def text_of(tree: Tree, scenario: Scenario) -> Callable[[Place], str]:
    """The source line of a place in the tree, the scenario or the shim; "" where there is none."""
    ours = sources_of(scenario)

    def text(place: Place) -> str:
        content = ours.get(place.path)
        if content is None:
            content = tree.read(place.path) if place.path else None
        lines = (content or b"").split(b"\n")
        if not 0 < place.line <= len(lines):
            return ""
        return lines[place.line - 1].decode("utf-8", "replace").strip()

    return text
