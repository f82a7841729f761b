"""Turns C units into the compiler's messages, and into preprocessed text.

The compiler reads text that came by mail: no host headers, an empty
environment, and limits on time, memory and output.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kpatch_tools.modelcheck.extract.macros import Macro, parse_define
from kpatch_tools.modelcheck.extract.needs import Diagnostic, Place

# the dialect of the kernel; nothing is assumed of functions that share a name with libc's
DIALECT = ("-std=gnu11", "-ffreestanding", "-fno-builtin", "-fno-common", "-nostdinc")
STRICT = (
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Wdesignated-init",
    "-Wincompatible-pointer-types",
    "-fmax-errors=0",
)
SECONDS = 20
MEGABYTES = 1024
OUTPUT_MEGABYTES = 64


class CompilerFailed(Exception):
    """No compiler, or it was stopped by its limits. The text says which."""


def compiler() -> str:
    """The path of gcc; CompilerFailed where there is none."""
    found = shutil.which("gcc")
    if found is None:
        raise CompilerFailed("no C compiler: gcc is not installed")
    return found


def predefined() -> dict[str, Macro]:
    """The macros that the compiler defines before the first line."""
    text = _run([*DIALECT, "-dM", "-E", "-"], Path("/"), "").stdout
    macros = (parse_define(line.removeprefix("#define "), "<compiler>", 0) for line in text.split("\n"))
    return {macro.name: macro for macro in macros if macro is not None}


def diagnose(folder: Path, units: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Every message about the named .c files of the folder, in their order."""
    names = list(units)
    with ThreadPoolExecutor(max_workers=max(1, min(len(names), os.cpu_count() or 1))) as pool:
        found = pool.map(lambda name: _messages(folder, name), names)
        return tuple(diagnostic for messages in found for diagnostic in messages)


def preprocess(folder: Path, units: Iterable[str]) -> Mapping[str, str]:
    """The units with every macro expanded, as `-x cpp-output` takes them."""
    texts = {}
    for name in units:
        done = _run([*DIALECT, "-E", name], folder, "")
        if done.returncode != 0:
            raise CompilerFailed(f"the preprocessor failed on {name}: {_first_line(done.stderr)}")
        texts[name] = done.stdout
    return texts


def _messages(folder: Path, name: str) -> list[Diagnostic]:
    arguments = [*DIALECT, *STRICT, "-fsyntax-only", "-fdiagnostics-format=json", name]
    done = _run(arguments, folder, "")
    start = done.stderr.find("[")
    try:
        found: list[dict[str, Any]] = json.loads(done.stderr[start:]) if start >= 0 else []
    except json.JSONDecodeError:
        raise CompilerFailed(f"gcc stopped on {name}: {_first_line(done.stderr)}") from None
    if done.returncode not in {0, 1}:
        raise CompilerFailed(f"gcc was stopped on {name} (limits of time or memory)")
    return [_diagnostic(message, name) for message in found]


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


def _run(arguments: list[str], folder: Path, given: str) -> subprocess.CompletedProcess[str]:
    limits = (
        f"ulimit -t {SECONDS}; ulimit -v {MEGABYTES * 1024}; ulimit -f {OUTPUT_MEGABYTES * 1024};"
        ' exec "$@"'
    )
    try:
        return subprocess.run(
            ["/bin/sh", "-c", limits, "sh", compiler(), *arguments],
            cwd=folder,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "LANG": "C"},
            timeout=SECONDS * 2,
        )
    except subprocess.TimeoutExpired:
        raise CompilerFailed("gcc took too long") from None


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:200]
