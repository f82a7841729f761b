"""Laws of extraction on the miniature kernel tree, with gcc as the judge."""

import re
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.modelcheck.extract import TreeState, Workspace, index_of
from kpatch_tools.modelcheck.extract.closure import Scenario, close
from kpatch_tools.modelcheck.extract.compiler import predefined
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.macros import Macro, expanded
from kpatch_tools.modelcheck.extract.source import read_source
from kpatch_tools.modelcheck.extract.view import Cutter
from kpatch_tools.modelcheck.extract.walk import INCLUDED_HERE, Reader, Settings, translate
from kpatch_tools.modelcheck.programs import request_of
from kpatch_tools.modelcheck.scenario import find_scenario
from kpatch_tools.tree import open_tree

MINI = Path(__file__).parent.parent / "fixtures" / "trees" / "linux-mini"
FILES = sorted(str(path.relative_to(MINI)) for path in MINI.rglob("*.c"))
ON = ("SMP", "MMU", "COMPACTION", "MIGRATION", "BALLOON_COMPACTION", "VIRTIO", "VIRTIO_BALLOON")
FOLDERS = ("include", "include/uapi")


def squeezed(text: str) -> str:
    return "".join(text.replace(INCLUDED_HERE, "").split())


def preprocessed(path: str, options: tuple[str, ...], folder: Path) -> str:
    """The .c file as gcc sees it, with the tree's headers and CONFIG options.

    `folder` gets what the build would make: `asm/x.h` for each `asm-generic/x.h`,
    and an empty generated/autoconf.h.
    """
    (folder / "generated").mkdir()
    (folder / "generated" / "autoconf.h").write_text("")
    (folder / "asm").symlink_to(MINI / "include" / "asm-generic")
    command = ["gcc", "-std=gnu11", "-ffreestanding", "-nostdinc", "-E", "-P", "-D__KERNEL__=1"]
    command += [f"-DCONFIG_{name}=1" for name in options] + [
        f"-I{folder}" for folder in (*FOLDERS, folder)
    ]
    command += ["-include", "include/linux/kconfig.h", path]
    done = subprocess.run(command, cwd=MINI, capture_output=True, text=True, check=True)
    return re.sub(rf'"{path}",\d+', "__FILE__,__LINE__", squeezed(done.stdout))


@pytest.mark.parametrize("options", [ON, ("MMU",)])
@pytest.mark.parametrize("path", FILES)
def test_functions_expand_as_the_compiler_expands_them(
    path: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    values = dict(predefined())
    for name in ("__KERNEL__", *(f"CONFIG_{option}" for option in options)):
        values[name] = Macro(name, None, "1", "", 1)
    settings = Settings("none", values, lambda name: None)
    found = translate(Reader(open_tree(str(MINI)), {}), path, settings)
    cutter = Cutter()
    functions = [
        definition
        for chunk in found.chunks
        for definition in cutter.definitions(chunk)
        if definition.kind == "function" and definition.path.endswith(".c")
    ]
    real = preprocessed(path, options, tmp_path)
    differing = [
        definition.name
        for definition in functions
        if squeezed(expanded(definition.text, found.macros.get)) not in real
    ]
    assert differing == []
    assert functions or "CONFIG_COMPACTION" not in values


@pytest.mark.parametrize("path", FILES)
def test_definitions_stand_on_the_lines_they_say(path: str) -> None:
    settings = Settings("none", {}, lambda name: None)
    tree = open_tree(str(MINI))
    cutter = Cutter()
    wrong = []
    for chunk in translate(Reader(tree, {}), path, settings).chunks:
        source = read_source(chunk.path, tree.read(chunk.path) or b"")
        lines = source.text.split("\n")
        for definition in cutter.definitions(chunk):
            first = definition.text.split("\n", 1)[0].split("{")[0].strip().rstrip(";")
            # `typedef struct x { ... } x_t` is two definitions, one of them with a text of ours
            if (
                definition.text
                and definition.kind != "typedef"
                and first not in lines[definition.line - 1]
            ):
                wrong.append(f"{definition.name} {chunk.path}:{definition.line}")
    assert wrong == []


@pytest.mark.parametrize("name", ["balloon-lifecycle", "balloon-probe-remove"])
def test_every_macro_that_a_taken_function_needs_is_taken(name: str, tmp_path: Path) -> None:
    """gcc, with the macros of the model alone, expands as with all macros of tree and shim."""
    request = request_of(find_scenario(name), dict(find_scenario(name).runs[0][1]))
    index = index_of(TreeState(open_tree(str(MINI))), request, Workspace())
    gathered = Gathered(index, frozenset(request.traps))
    path, text = request.scenario
    (tmp_path / "engine.h").write_bytes(request.engine)
    close(gathered, Scenario(read_source(path, text).text, path), tmp_path)
    differing = []
    for unit in ("", *index.files):
        functions = [
            definition
            for definition in gathered.functions
            if gathered.unit_of(definition.path) == unit and definition.name not in gathered.trapped
        ]
        macros = [
            f"#undef {macro.name}\n{macro.text}"
            for home in sorted({"", unit})
            for (where, _), macro in sorted(gathered.defines.taken.items())
            if where == home
        ]
        texts = [f'"<<{definition.name}>>"\n{definition.text}' for definition in functions]
        done = subprocess.run(
            ["gcc", "-std=gnu11", "-E", "-P", "-"],
            input="\n".join((*macros, *texts)),
            capture_output=True,
            text=True,
            check=True,
        )
        pieces = done.stdout.split('"<<')[1:]
        for definition, piece in zip(functions, pieces, strict=True):

            def find(word: str, unit: str = unit) -> Macro | None:
                return index.macro(word, unit)

            if squeezed(piece.partition('>>"')[2]) != squeezed(expanded(definition.text, find)):
                differing.append(definition.name)
    assert (differing, len(gathered.functions) > 60) == ([], True)
