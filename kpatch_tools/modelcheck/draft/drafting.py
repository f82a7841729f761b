"""Turns functions of a Tree into the files of a first scenario, guesses marked FILL IN."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpatch_tools.domain import Tree
from kpatch_tools.errors import KptError
from kpatch_tools.modelcheck.draft.arguments import Call, first_call
from kpatch_tools.modelcheck.draft.containers import containers
from kpatch_tools.modelcheck.draft.objects import Objects
from kpatch_tools.modelcheck.draft.places import Found, find
from kpatch_tools.modelcheck.extract import CompilerError, TreeState, Workspace
from kpatch_tools.modelcheck.extract.survey import Lack, Survey, survey
from kpatch_tools.modelcheck.programs import request_of
from kpatch_tools.modelcheck.scenario import FILL, Scenario

EMPTY = b"void scenario_init(void) { }\n"
LICENCE = "/* SPDX-License-Identifier: GPL-2.0-only */\n"
PAGE = "struct page *"
PAGES = {"SHIM_PAGES": "4", "SHIM_TARGETS": "0"}


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts of a first scenario by file name, and what the model lacks.

    `refused`: messages of the compiler with which nothing can be built yet.
    """

    files: dict[str, str]
    lacks: tuple[Lack, ...]
    refused: tuple[str, ...]


def draft(tree: Tree, name: str, functions: Sequence[str]) -> Draft:
    """KptError where a function is not found, or where there is no compiler."""
    found = find(tree, functions)
    seen, parameters = _seen(tree, name, found)
    order = [each for names in found.subjects.values() for each in names]
    threads = order if len(order) > 1 else order * 2
    around = containers(seen.texts, seen.index)
    objects = Objects(seen.index, seen.structs, len(threads), around)
    absent = [each for each in order if each not in seen.index.subjects]
    if absent:
        raise KptError(
            f"{absent[0]} is not compiled under {', '.join(found.on) or 'the defaults'}",
            "its #if lines ask for what no Kconfig symbol gives",
        )
    calls = {each: first_call(seen.index.subjects[each], objects) for each in order}
    return Draft(
        {
            "scenario.toml": _toml(found, parameters),
            "scenario.c": "\n".join(_source(calls, threads, objects, seen)) + "\n",
            "stand_ins.h": "\n".join(_stand_ins(seen)) + "\n",
        },
        seen.lacks,
        (*seen.refused, *(f"missing: {each}" for each in seen.missing)),
    )


def _seen(tree: Tree, name: str, found: Found) -> tuple[Survey, dict[str, str]]:
    """What the subjects need; with pages in the model where they use some."""
    state, workspace = TreeState(tree), Workspace()
    parameters: dict[str, str] = {}
    try:
        seen = _surveyed(state, name, found, (parameters, workspace))
        if _has_pages(seen):
            parameters = PAGES
            seen = _surveyed(state, name, found, (parameters, workspace))
    except CompilerError as failed:
        raise KptError(str(failed), "kpt needs gcc to see what functions need") from None
    return seen, parameters


def _has_pages(seen: Survey) -> bool:
    asked = any("SHIM_PAGES" in each for each in seen.missing)
    return asked or "page" in seen.structs or any(PAGE in lack.prototype for lack in seen.lacks)


def _surveyed(
    state: TreeState, name: str, found: Found, given: tuple[dict[str, str], Workspace]
) -> Survey:
    parameters, workspace = given
    scenario = Scenario(
        name, "", EMPTY, found.subjects, found.on, parameters=parameters, stand_ins=()
    )
    return survey(state, request_of(scenario, {}), workspace)


def _toml(found: Found, parameters: dict[str, str]) -> str:
    names = [each for listed in found.subjects.values() for each in listed]
    lines = [
        f'summary = "{FILL}: what the threads do, and to what"',
        f'invariants = ["{FILL}: what must be true at every step and at the end"]',
        f'assumptions = ["{FILL}: what the objects are taken to be, and what is left out"]',
        "",
        "# a series that changes one of these selects the scenario",
        "[applies_when]",
        f"functions = {_listed(names)}",
        "",
        "# what a tree must define for it",
        "[requires]",
        f"defines = {_listed(names)}",
        "",
        "[config]",
        f"on = {_listed(found.on)}",
        "",
        "[subjects]",
        *(f'"{path}" = {_listed(listed)}' for path, listed in found.subjects.items()),
    ]
    if parameters:
        lines += ["", "[parameters]", *(f"{key} = {value}" for key, value in parameters.items())]
    return "\n".join(lines) + "\n"


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(json.dumps(name) for name in names)}]"


def _source(
    calls: dict[str, Call], threads: Sequence[str], objects: Objects, seen: Survey
) -> Iterator[str]:
    """scenario.c: objects, one thread function for each subject, the start and the end."""
    beginnings = [*_caches(seen), *objects.beginnings()]
    yield LICENCE.rstrip()
    yield "/*"
    yield " * A first draft by `kpt model new`. How the objects begin and the arguments of"
    yield " * the calls are guessed: delete each mark once its place is right."
    yield " */"
    yield ""
    for type_, name in objects.found.items():
        yield f"static {type_} *{name};"
    for function, call in calls.items():
        yield ""
        yield f"static void run_{function}(void *unused)"
        yield "{"
        yield from (f"\t{line}" for line in call.locals)
        if call.locals:
            yield ""
        if call.open:
            yield f"\t/* {FILL}: {', '.join(call.open)} */"
        yield f"\t{function}({', '.join(call.arguments)});"
        yield "}"
    yield ""
    yield "void scenario_init(void)"
    yield "{"
    if any(line.startswith("for ") for line in beginnings):
        yield "\tunsigned long i;"
        yield ""
    yield f"\t/* {FILL}: the objects as they are before the threads begin */"
    yield from (f"\t{line}" for line in beginnings)
    for number, function in enumerate(threads, 1):
        yield f'\teng_thread("{function}-{number}", run_{function}, NULL);'
    yield "}"
    yield ""
    yield "void scenario_final(void)"
    yield "{"
    yield "\tshim_check_spinning();"
    yield f"\t/* {FILL}: what must be true at the end; eng_check_leaks() if nothing is kept */"
    yield "}"


def _caches(seen: Survey) -> Iterator[str]:
    """Caches of objects, which the file's own init function would make."""
    for variable in seen.variables:
        if variable.head.split()[-2:-1] == ["kmem_cache"] or "struct kmem_cache *" in variable.head:
            yield f'{variable.name} = kmem_cache_create("{variable.name}", 512, 0, 0, NULL);'


def _stand_ins(seen: Survey) -> Iterator[str]:
    """What the model lacks, with who needs it: functions as prototypes that want a body."""
    yield LICENCE.rstrip()
    yield "/*"
    yield " * stand_ins.h - what the model lacks. A function without a body here is"
    yield " * unknown: a schedule that reaches it ends the model. Give a body to those"
    yield " * that matter, and delete the others."
    yield " */"
    for lack in seen.lacks:
        yield ""
        yield f"/* {FILL}: {lack.name}, for {', '.join(lack.users) or 'the scenario'}."
        yield f" * {lack.reason.replace('*/', '* /')} */"
        if lack.is_function:
            yield f"{lack.prototype};"
        else:
            yield f"/* zero in the model: {lack.prototype.replace('*/', '* /')}; */"
