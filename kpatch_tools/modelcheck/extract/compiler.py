"""Turns C units into the compiler's messages, and into preprocessed text.

The compiler reads text that came by mail: no host headers, an empty
environment, and limits on time, memory and output.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kpatch_tools.modelcheck.extract.macros import Macro, parse_define
from kpatch_tools.modelcheck.extract.needs import Diagnostic, Place
from kpatch_tools.modelcheck.sandbox import Finished, Limits, run_limited

# the dialect of the kernel; nothing is assumed of functions that share a name with libc's
DIALECT = (
    "-std=gnu11",
    "-ffreestanding",
    "-fno-builtin",
    "-fno-common",
    "-nostdinc",
    "-iquote",
    ".",
)
STRICT = (
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Wdesignated-init",
    "-Wincompatible-pointer-types",
    "-fmax-errors=0",
)
LIMITS = Limits(seconds=6, megabytes=384, file_megabytes=0, descriptors=32)


class CompilerError(Exception):
    """No compiler, or it was stopped by its limits. The text says which."""


def compiler() -> str:
    """The path of gcc; CompilerError where there is none."""
    found = shutil.which("gcc")
    if found is None:
        raise CompilerError("no C compiler: gcc is not installed")
    return found


def predefined() -> dict[str, Macro]:
    """The macros that the compiler defines before the first line."""
    lines = _run([*DIALECT, "-dM", "-E", "-"], Path("/")).output.decode().split("\n")
    macros = (parse_define(line.removeprefix("#define "), "<compiler>", 0) for line in lines)
    return {macro.name: macro for macro in macros if macro is not None}


def diagnose(folder: Path, units: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Every message about the named .c files of the folder, in their order."""
    names = list(units)
    width = max(1, min(len(names), os.cpu_count() or 1))
    with ThreadPoolExecutor(max_workers=width) as pool:
        found = pool.map(
            lambda part: _messages(folder, part), (names[i::width] for i in range(width))
        )
        every = [diagnostic for messages in found for diagnostic in messages]
    return tuple(sorted(every, key=lambda diagnostic: names.index(diagnostic.unit)))


def preprocess(folder: Path, units: Iterable[str]) -> Mapping[str, str]:
    """The units with every macro expanded, as `-x cpp-output` takes them."""
    texts = {}
    for name in units:
        done = _run([*DIALECT, "-E", name], folder)
        if done.code != 0:
            raise CompilerError(f"the preprocessor failed on {name}: {_first_line(done.errors)}")
        texts[name] = done.output.decode("latin-1")
    return texts


def _messages(folder: Path, names: list[str]) -> list[Diagnostic]:
    """One run of gcc; it prints one array of messages for each unit, on a line of its own."""
    arguments = [*DIALECT, *STRICT, "-fsyntax-only", "-fdiagnostics-format=json", *names]
    done = _run(arguments, folder)
    arrays = [line for line in done.errors.split(b"\n") if line.startswith(b"[")]
    if done.code not in {0, 1} or len(arrays) != len(names):
        raise CompilerError(f"gcc stopped on {', '.join(names)}: {_first_line(done.errors)}")
    return [
        _diagnostic(message, name)
        for name, array in zip(names, arrays, strict=True)
        for message in json.loads(array)
    ]


def _diagnostic(message: dict[str, Any], unit: str) -> Diagnostic:
    """Any: the values of a JSON message are whatever gcc wrote."""
    children = message.get("children", [])
    places = [
        Place(str(location["caret"]["file"]), int(location["caret"]["line"]))
        for part in (message, *children)
        for location in part.get("locations", [])
        if "caret" in location
    ]
    return Diagnostic(
        str(message["message"]),
        "error" in str(message["kind"]),
        tuple(places),
        unit,
        tuple(str(child["message"]) for child in children),
    )


def _run(arguments: Iterable[str], folder: Path) -> Finished:
    finished = run_limited((compiler(), *arguments), folder, LIMITS)
    if finished.code is None:
        raise CompilerError(f"gcc took more than {LIMITS.seconds} s")
    return finished


def _first_line(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip().split("\n")[0][:200]
