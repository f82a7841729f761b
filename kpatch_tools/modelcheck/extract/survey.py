"""Turns a request into what its subjects look like and what a model of them lacks."""

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.modelcheck.extract.closure import Missing
from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.drift import one_line
from kpatch_tools.modelcheck.extract.extraction import (
    Request,
    TreeState,
    Workspace,
    closing,
    index_of,
)
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.index import SHIM, Index
from kpatch_tools.modelcheck.extract.items import closed
from kpatch_tools.modelcheck.extract.members import Member, members

MOST_USERS = 3


@dataclass(frozen=True, slots=True)
class Lack:
    """A function, or data, that is not in the model: `prototype` as the Tree has it.

    `users` are those that name it, as `function (path:line)`.
    """

    name: str
    prototype: str
    is_function: bool
    reason: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The subjects by name, the members used of each struct, and what is lacking.

    `variables` are those of the files with subjects, `texts` all functions and
    macros that a model has from the Tree. `refused`: messages of the
    compiler with which no model is possible; `missing` the names in them.
    """

    index: Index
    structs: Mapping[str, tuple[Member, ...]]
    variables: tuple[Definition, ...]
    texts: tuple[str, ...]
    lacks: tuple[Lack, ...]
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def survey(state: TreeState, request: Request, workspace: Workspace) -> Survey:
    """CompilerError where there is no compiler, or where it was stopped."""
    index = index_of(state, request, workspace)
    with tempfile.TemporaryDirectory(prefix="kpt-survey-") as folder:
        gathered, found = closing(index, request, Path(folder))
    refused, missing = ((), ()) if not isinstance(found, Missing) else (found.messages, found.names)
    return Survey(
        index,
        {tag: _members(gathered, tag) for tag in sorted(gathered.structs)},
        tuple(d for d in gathered.variables if d.path in index.files),
        tuple(_texts(gathered)),
        tuple(_lacks(gathered)),
        refused,
        missing,
    )


def _texts(gathered: Gathered) -> Iterable[str]:
    for definition in gathered.functions:
        if definition.name not in gathered.trapped and not definition.path.startswith(SHIM):
            yield definition.text
    yield from (macro.body for macro in gathered.defines.taken.values())


def _members(gathered: Gathered, tag: str) -> tuple[Member, ...]:
    text = gathered.text(tag)
    opening = text.index("{")
    return members(text[opening + 1 : closed(text, opening) - 1], gathered.index.common_macro)


def _lacks(gathered: Gathered) -> Iterable[Lack]:
    found = (*gathered.functions, *gathered.variables)
    present = [d for d in found if d.name not in gathered.trapped]
    for lacked in sorted(found, key=lambda definition: definition.name):
        if lacked.name in gathered.trapped:
            yield Lack(
                lacked.name,
                one_line(lacked.head),
                lacked.kind in {"function", "prototype"},
                gathered.trapped[lacked.name],
                tuple(_users(lacked.name, present)),
            )


def _users(name: str, present: Iterable[Definition]) -> list[str]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    found = []
    for definition in present:
        match = word.search(definition.text)
        if match is not None:
            line = definition.line + definition.text.count("\n", 0, match.start())
            found.append(f"{definition.name} ({definition.path}:{line})")
    return found[:MOST_USERS] + ([f"{len(found) - MOST_USERS} more"] * (len(found) > MOST_USERS))
