"""Turns a request into a model: index, closure, syntax filter, units, and the list of names."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock

from kpatch_tools.domain import Extraction, NotBuilt, Tree
from kpatch_tools.modelcheck.extract.allowlist import refusal, refusal_of_lines
from kpatch_tools.modelcheck.extract.closure import Missing, Scenario, close
from kpatch_tools.modelcheck.extract.compiler import CompilerError, predefined, preprocess
from kpatch_tools.modelcheck.extract.configuration import Configured, architecture
from kpatch_tools.modelcheck.extract.definitions import Definition, definitions
from kpatch_tools.modelcheck.extract.drift import compared
from kpatch_tools.modelcheck.extract.emission import SHIM_UNIT, Emitted
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.generated import generated_macros, include_folders
from kpatch_tools.modelcheck.extract.index import SHIM, Index, Sought
from kpatch_tools.modelcheck.extract.items import cut
from kpatch_tools.modelcheck.extract.macros import Macro
from kpatch_tools.modelcheck.extract.source import Source, read_source
from kpatch_tools.modelcheck.extract.taken_macros import TRACEPOINTS
from kpatch_tools.modelcheck.extract.view import Cutter
from kpatch_tools.modelcheck.extract.walk import Reader, Settings, Translation, translate

ENGINE_HEADER = "engine.h"
PARAMETERS = f"{SHIM}parameters"
# words without behaviour, and what the scenario itself sets
UNLISTED = frozenset((PARAMETERS, f"{SHIM}shim/annotations.h"))
OURS = ("shim_", "SHIM_", "eng_", "ENG_", "CONFIG_")


@dataclass(frozen=True, slots=True)
class Unit:
    """One preprocessed C file (`-x cpp-output`). `instrumented`: with -fsanitize=thread."""

    name: str
    text: bytes
    instrumented: bool


@dataclass(frozen=True, slots=True)
class Model:
    """What build.py compiles, the names in it, and where it may differ from the kernel."""

    units: tuple[Unit, ...]
    extraction: Extraction
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What to extract. `shim`: path -> text, first wins; paths begin with `kpt:`.

    `scenario`: path and text of scenario.c. `subjects`: .c file -> names.
    `on`: CONFIG options without prefix. `parameters`: macros for our own C.
    """

    scenario: tuple[str, bytes]
    shim: Mapping[str, bytes]
    engine: bytes
    subjects: Mapping[str, tuple[str, ...]]
    traps: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TreeState:
    """A Tree, and the number of the last patch that changed one of its Kconfig files.

    Compared by identity: what is kept for one state is never used for another.
    """

    tree: Tree
    kconfig: int = 0


@dataclass(slots=True)
class Workspace:
    """What is kept between extractions: sources and definitions by content, and by tree state."""

    sources: dict[tuple[str, bytes], Source] = field(default_factory=dict)
    cutter: Cutter = field(default_factory=Cutter)
    compiler: dict[str, Macro] = field(default_factory=dict)
    configured: dict[tuple[object, ...], Configured] = field(default_factory=dict)
    translated: dict[tuple[object, ...], Translation] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def configuration(self, state: TreeState, request: Request) -> Configured:
        """The configuration of a request, read once for all trees with the same Kconfig."""
        key = (state.kconfig, *_options(request))
        with self.lock:
            if key not in self.configured:
                self.configured[key] = Configured(state.tree, request.on, request.values)
            return self.configured[key]

    def translation(self, state: TreeState, request: Request, path: str) -> Translation:
        """One .c file of the tree with all it includes."""
        key = (state, path, *_options(request))
        with self.lock:
            if key not in self.translated:
                values = {**self.predefined(), **generated_macros(state.tree), **_fixed({})}
                configured = self.configuration(state, request)
                settings = Settings(
                    architecture(state.tree),
                    values,
                    configured.macro,
                    include_folders(state.tree, path),
                )
                reader = Reader(state.tree, self.sources)
                self.translated[key] = translate(reader, path, settings)
            return self.translated[key]

    def predefined(self) -> dict[str, Macro]:
        with self.lock:
            if not self.compiler:
                self.compiler.update(predefined())
            return self.compiler


@dataclass(frozen=True, slots=True)
class _ShimFiles:
    """The shim as files that can be read by path."""

    texts: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        return self.texts.get(path)


def index_of(state: TreeState, request: Request, workspace: Workspace) -> Index:
    """The names of the Tree and the shim under the request's configuration.

    CompilerError where there is no compiler to ask for its own macros.
    """
    values = {
        **workspace.predefined(),
        **generated_macros(state.tree),
        **_fixed(request.parameters),
    }
    configured = workspace.configuration(state, request)
    settings = Settings("", values, configured.macro)
    shim = Reader(_ShimFiles(request.shim), workspace.sources)
    sought = Sought(
        request.subjects,
        tuple(workspace.translation(state, request, path) for path in sorted(request.subjects)),
        tuple(translate(shim, path, settings) for path in request.shim),
        settings.find,
    )
    return Index(sought, workspace.cutter)


def _options(request: Request) -> tuple[object, ...]:
    return (request.on, tuple(sorted(request.values.items())))


def _fixed(parameters: Mapping[str, str]) -> dict[str, Macro]:
    """Macros that the kernel's build sets, and the scenario's own."""
    ours = {"__KERNEL__": "1", "KBUILD_MODNAME": '"model"', **parameters}
    return {name: Macro(name, None, value, PARAMETERS, 1) for name, value in ours.items()}


def extract(state: TreeState, request: Request, workspace: Workspace) -> Model | NotBuilt:
    """The units of one model; NotBuilt with the missing names and who needs them."""
    try:
        index = index_of(state, request, workspace)
        possible = workspace.configuration(state, request).possible
        if reason := _impossible(index, possible, request):
            return reason
        with tempfile.TemporaryDirectory(prefix="kpt-extract-") as folder:
            return _closed(index, request, Path(folder))
    except CompilerError as failed:
        return NotBuilt(str(failed))


def _impossible(index: Index, possible: bool, request: Request) -> NotBuilt | None:
    """What rules a model out before anything is compiled."""
    if not possible:
        return NotBuilt(f"Kconfig gives no configuration with all of {', '.join(request.on)}")
    absent = [
        f"{name} ({path})"
        for path, names in sorted(request.subjects.items())
        for name in names
        if name not in index.subjects
    ]
    if absent:
        return NotBuilt("the tree does not define every subject", tuple(absent))
    for subject in index.subjects.values():
        if reason := refusal(subject.text):
            place = f"{subject.path}:{subject.line}"
            return NotBuilt(
                f"syntax that must not reach the compiler: {reason}", (f"{subject.name} ({place})",)
            )
    path, text = request.scenario
    own = _functions(path, text)
    taken = [name for name in own if index.defines_function(name)]
    if taken:
        return NotBuilt(
            f"{path} defines functions of the tree: they belong in stand_ins.h", tuple(taken)
        )
    return None


def _functions(path: str, text: bytes) -> list[str]:
    """The functions that a file of ours defines."""
    found = (d for item in cut(read_source(path, text).text) for d in definitions(item, path))
    return [definition.name for definition in found if definition.kind == "function"]


def _closed(index: Index, request: Request, folder: Path) -> Model | NotBuilt:
    gathered, found = closing(index, request, folder)
    names = _listed(gathered)
    if isinstance(found, Missing):
        reason = f"the compiler refuses what was extracted: {'; '.join(found.messages[:3])}"
        return NotBuilt(reason, found.names, names)
    units = _filtered(found, folder)
    if isinstance(units, NotBuilt):
        return replace(units, extraction=names)
    return Model(units, names, tuple(_doubts(gathered, index)))


def closing(index: Index, request: Request, folder: Path) -> tuple[Gathered, Emitted | Missing]:
    """All that the subjects and the scenario reach, and the units or what is missing."""
    path, text = request.scenario
    (folder / ENGINE_HEADER).write_bytes(request.engine)
    own = frozenset(_functions(path, text))
    gathered = Gathered(index, frozenset(request.traps), own)
    return gathered, close(gathered, Scenario(read_source(path, text).text, path), folder)


def _doubts(gathered: Gathered, index: Index) -> Iterator[str]:
    """What the units may have wrong although they compile."""
    yield "sizes of structs and gaps between members: only members that are used are there"
    if index.doubtful:
        yield f"#if lines of unknown value, taken as false: {'; '.join(index.doubtful)}"
    data = sorted({d.name for d in gathered.variables if d.name in gathered.trapped})
    if data:
        yield f"data of files that are not modelled, zero here: {', '.join(data)}"
    several = sorted(name for _, name in gathered.defines.taken if index.redefined(name))
    if several:
        yield f"macros with several definitions, of which the last counts: {', '.join(several)}"


def _filtered(emitted: Emitted, folder: Path) -> tuple[Unit, ...] | NotBuilt:
    """Exactly the text that is compiled passes the filter, all macros expanded."""
    texts = preprocess(folder, emitted.units)
    units = []
    for name, text in sorted(texts.items()):
        if reason := refusal_of_lines(text):
            return NotBuilt(f"syntax that must not reach the compiler: {reason}", (name,))
        units.append(Unit(name, text.encode("latin-1"), name != SHIM_UNIT))
    return tuple(units)


def _listed(gathered: Gathered) -> Extraction:
    """Every name by where its meaning came from."""
    found: dict[str, str] = {}
    for definition in (*gathered.functions, *gathered.variables, *gathered.types):
        if definition.name and definition.name not in gathered.trapped:
            found[_shown(definition)] = definition.path
    for (_, name), macro in gathered.defines.taken.items():
        found[name] = macro.path
    for tag, struct in gathered.structs.items():
        found[f"{struct.definition.kind} {tag}"] = struct.definition.path
    kernel = {
        name
        for name, path in found.items()
        if not name.removeprefix("struct ").startswith(OURS) and path not in UNLISTED
    }
    stubbed = {name for name in kernel if _is_stub(found[name])}
    custom = {name for name in kernel - stubbed if found[name].startswith(SHIM)}
    held = compared(gathered.index, sorted(custom))
    return Extraction(
        tuple(sorted(name for name in kernel if not found[name].startswith(SHIM))),
        tuple(sorted(stubbed)),
        tuple(sorted(custom)),
        tuple(sorted(gathered.trapped)),
        held.drifts,
        held.counted,
    )


def _shown(definition: Definition) -> str:
    return f"enum {definition.name}" if definition.kind == "enum" else definition.name


def _is_stub(path: str) -> bool:
    return path == TRACEPOINTS or path.startswith(f"{SHIM}shim/stubbed")
