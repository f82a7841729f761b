"""Small trees, shims and requests of our own for the tests of extraction and scenarios."""

from collections.abc import Mapping

from memory_tree import MemoryTree

from kpatch_tools.domain import NotBuilt
from kpatch_tools.modelcheck.extract import Model, Request, TreeState, Workspace, extract
from kpatch_tools.resources import package_folder

SCENARIO = b"void scenario_init(void) { run(); }\n"


def request(subjects: Mapping[str, tuple[str, ...]], **different: object) -> Request:
    """A request for the subjects with a scenario that calls run(), and an empty shim."""
    engine = package_folder("modelcheck/engine").joinpath("engine.h").read_bytes()
    given: dict[str, object] = {
        "scenario": ("kpt:scenarios/small/scenario.c", SCENARIO),
        "shim": {},
        "engine": engine,
        "subjects": subjects,
    }
    return Request(**{**given, **different})  # type: ignore[arg-type]  # by keyword, in tests only


def extracted(files: Mapping[str, str], **different: object) -> Model | NotBuilt:
    """The model of run() in dev.c."""
    wanted = request({"dev.c": ("run",)}, **different)
    return extract(TreeState(MemoryTree(files)), wanted, Workspace())


def built(model: Model | NotBuilt) -> Model:
    assert isinstance(model, Model), model
    return model


def refused(model: Model | NotBuilt) -> NotBuilt:
    assert isinstance(model, NotBuilt), model
    return model


def unit_text(model: Model | NotBuilt, unit: str) -> str:
    """A unit without line markers and empty lines, blanks folded."""
    units = {found.name: found.text.decode("latin-1") for found in built(model).units}
    lines = (" ".join(line.split()) for line in units[unit].split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("#"))
