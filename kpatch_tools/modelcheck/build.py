"""Turns C units and headers into a model: one static program with the engine in it.

All that is compiled is a value; nothing of the machine is included but the
compiler's own headers (stddef.h and the like). Every unit but the engine is
instrumented by -fsanitize=thread, whose callbacks are ours: functions marked
ENG_PRIMITIVE (engine/engine.h) are not, and units of primitives call others.

What it does not do: decide whether the C may be compiled at all. Code of a patch
must have passed the extraction's list of allowed syntax.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.domain import NotBuilt
from kpatch_tools.modelcheck.frames import READERS
from kpatch_tools.modelcheck.sandbox import Limits, run_limited
from kpatch_tools.resources import package_folder

COMPILERS = ("gcc", "cc")
COMPILING = Limits(seconds=60, megabytes=1024, file_megabytes=64, descriptors=64)

# no implicit state: no libc, no start files, no position independence (addresses
# are part of a state), no red zone (signals), frame pointers (call stacks of traces)
_BARE = (
    "-std=gnu11", "-ffreestanding", "-fno-pie", "-mno-red-zone", "-fno-stack-protector",
    "-fcf-protection=none", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls",
    "-fno-asynchronous-unwind-tables", "-fno-strict-aliasing", "-fno-common",
)  # fmt: skip
ENGINE_FLAGS = (*_BARE, "-O2", "-fno-tree-loop-distribute-patterns", "-Wall", "-Wextra", "-Werror")
# the kernel's own choices of dialect, then what instruments; -O1 keeps the shape of
# the source, but cross jumping would give two calls one line; a local that is not
# initialised reads as 0xfe bytes, not as leftovers; DWARF 5 would lose the file of
# the first #line
_BASE_FLAGS = (
    *_BARE, "-O1", "-gdwarf-4", "-mgeneral-regs-only", "-fno-strict-overflow",
    "-fno-crossjumping", "-fno-delete-null-pointer-checks", "-ftrivial-auto-var-init=pattern",
    "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types", "-Werror=return-type",
)  # fmt: skip
_INSTRUMENTED = ("-fsanitize=thread", "--param=tsan-instrument-func-entry-exit=0")
UNIT_FLAGS = (*_BASE_FLAGS, *_INSTRUMENTED, "--param=tsan-distinguish-volatile=1")
PRIMITIVE_FLAGS = (*_BASE_FLAGS, *_INSTRUMENTED)
# the accesses of primitives are no scheduling points, but the engine sees them
SEEN = tuple(
    f"--redefine-sym=__tsan_{name}=eng_seen_{name}"
    for name in (
        *(f"{kind}{size}" for size in (1, 2, 4, 8, 16) for kind in (
            "read", "write", "unaligned_read", "unaligned_write",
        )),
        "read_range", "write_range", "init",
    )
)  # fmt: skip
LINK_FLAGS = (
    "-nostdlib", "-nostartfiles", "-static", "-no-pie", "-Wl,--build-id=none",
    "-Wl,--orphan-handling=error", "-Wl,-T,model.ld",
)  # fmt: skip

ERROR = re.compile(
    rb"^(.*?(?:error|undefined reference|orphan section|multiple def|out of memory).*)$", re.M
)
MISSING = re.compile(
    rb"""
      implicit\ declaration\ of\ function\ '(\w+)'   # x.c:3:2: error: implicit declaration of ...
    | '(\w+)'\ undeclared
    | unknown\ type\ name\ '(\w+)'
    | has\ no\ member\ named\ '(\w+)'
    | undefined\ reference\ to\ `(\w+)'              # the linker's quotes
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One C file; `name` is what messages, traces and `#include "name"` call it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All of a model but the engine. `#line` in a unit's text may name other files.

    What the units of `primitives` do is a step only where they call eng_step() or
    eng_block().
    """

    units: tuple[Unit, ...]
    headers: tuple[Unit, ...] = ()
    primitives: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A compiler that can build models, its header folder, and the engine, compiled."""

    compiler: str
    headers: str
    engine: bytes


@dataclass(frozen=True, slots=True)
class Model:
    """The program, and what it was built from."""

    binary: bytes
    sources: Sources
    compiler: str = ""


def _failure(what: str, printed: bytes) -> NotBuilt:
    line = ERROR.search(printed)
    text = line[1].decode(errors="replace").strip() if line else "no message"
    names = {name.decode() for match in MISSING.findall(printed) for name in match if name}
    return NotBuilt(f"{what}: {text}", tuple(sorted(names)))


def _compile(command: tuple[str, ...], folder: Path, what: str) -> NotBuilt | None:
    finished = run_limited(command, folder, COMPILING)
    if finished.code == 0:
        return None
    if finished.code is None:
        return NotBuilt(f"{what}: the compiler took more than {COMPILING.seconds} s")
    return _failure(what, finished.errors)


def _engine_files(folder: Path, ending: tuple[str, ...]) -> None:
    for entry in package_folder("modelcheck/engine").iterdir():
        if entry.name.endswith(ending):
            (folder / entry.name).write_bytes(entry.read_bytes())


def find_toolchain(path: str | None = None) -> Toolchain | NotBuilt:
    """The first C compiler on `path` (default: $PATH), with the engine compiled by it.

    The tools that read what it makes must be there too: without them no
    violation could be told with its lines.
    """
    found = (shutil.which(name, path=path) for name in COMPILERS)
    compiler = next((place for place in found if place), None)
    if compiler is None:
        return NotBuilt("no C compiler: install gcc and binutils")
    for tool in (*READERS, "objcopy"):
        if shutil.which(tool, path=path) is None:
            return NotBuilt(f"no {tool}: install binutils")
    with tempfile.TemporaryDirectory(prefix="kpt-engine-") as name:
        folder = Path(name)
        _engine_files(folder, (".c", ".h"))
        prefix = f"-ffile-prefix-map={folder}=engine"
        command = (compiler, *ENGINE_FLAGS, prefix, "-c", "engine.c", "-o", "engine.o")
        failed = _compile(command, folder, "the engine does not compile")
        if failed:
            return failed
        asked = run_limited((compiler, "-print-file-name=include"), folder, COMPILING)
        headers = asked.output.decode().strip()
        return Toolchain(compiler, headers, (folder / "engine.o").read_bytes())


def _write(folder: Path, toolchain: Toolchain, sources: Sources) -> None:
    _engine_files(folder, ("engine.h", "model.ld"))
    (folder / "engine.o").write_bytes(toolchain.engine)
    for header in sources.headers:
        target = folder / "headers" / header.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(header.text, encoding="utf-8")
    for number, unit in enumerate((*sources.units, *sources.primitives)):
        text = f'#line 1 "{unit.name}"\n{unit.text}'
        (folder / f"unit{number}.c").write_text(text, encoding="utf-8")


def _compile_units(folder: Path, toolchain: Toolchain, sources: Sources) -> NotBuilt | None:
    include = ("-nostdinc", "-isystem", toolchain.headers, "-iquote", "headers", "-iquote", ".")
    prefixes = (f"-ffile-prefix-map={folder}=.", "-ffile-prefix-map=headers/=")
    for number, unit in enumerate((*sources.units, *sources.primitives)):
        flags = UNIT_FLAGS if number < len(sources.units) else PRIMITIVE_FLAGS
        command = (toolchain.compiler, *flags, *include, *prefixes, "-c", f"unit{number}.c")
        failed = _compile(command, folder, unit.name)
        if not failed and number >= len(sources.units):
            failed = _compile(("objcopy", *SEEN, f"unit{number}.o"), folder, unit.name)
        if failed:
            return failed
    return None


def build_model(toolchain: Toolchain, sources: Sources) -> Model | NotBuilt:
    """Compiles and links. `NotBuilt` carries the first error and every name that is missing."""
    with tempfile.TemporaryDirectory(prefix="kpt-model-") as name:
        folder = Path(name)
        _write(folder, toolchain, sources)
        failed = _compile_units(folder, toolchain, sources)
        if failed:
            return failed
        count = len(sources.units) + len(sources.primitives)
        objects = tuple(f"unit{number}.o" for number in range(count))
        command = (toolchain.compiler, *LINK_FLAGS, "engine.o", *objects, "-o", "model")
        failed = _compile(command, folder, "the model does not link")
        return failed or Model((folder / "model").read_bytes(), sources, toolchain.compiler)
