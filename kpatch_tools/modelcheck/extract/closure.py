"""Turns subjects into everything they need, by asking the compiler what is missing.

Emit what there is, read the messages, take what they name from the index,
until the compiler is content. What cannot be had turns the function that
needs it into a trap; a subject that needs it makes the model impossible.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.modelcheck.extract.compiler import diagnose
from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.emission import (
    SCENARIO_UNIT,
    Emitted,
    emit,
    is_trap,
)
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.index import SHIM
from kpatch_tools.modelcheck.extract.macros import TooLongError, expanded
from kpatch_tools.modelcheck.extract.needs import (
    CompleteNeed,
    Diagnostic,
    MemberNeed,
    NameNeed,
    Need,
    PositionalNeed,
    TagNeed,
    named,
    need_of,
)
from kpatch_tools.modelcheck.extract.reach import forget_unreachable

ROUNDS = 60
TAG = re.compile(r"\b(?:struct|union|enum)\s+(\w+)")
# field 'list' has incomplete type
FIELD = re.compile(r"field '(\w+)'")
# (struct list) { ... }   (pgprot_t) { ... }
COMPOUND = re.compile(r"\(\s*(?:const\s+)?(?:(?:struct|union)\s+(\w+)|([A-Za-z_]\w*))\s*\)\s*\{")
PATH_STEP = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Missing:
    """What stays missing: `names` with who needs them, `messages` of the compiler."""

    names: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """scenario.c: its text without comments and the path its messages carry."""

    text: str
    path: str


def close(gathered: Gathered, scenario: Scenario, folder: Path) -> Emitted | Missing:
    """Grow `gathered` until everything compiles; the last units emitted, or what is missing."""
    for subject in gathered.index.subjects.values():
        gathered.need_name(subject.name, subject.path)
    gathered.read(scenario.text, "", "")
    emitted = emit(gathered, scenario.text, scenario.path)
    for _ in range(ROUNDS):
        _write(emitted, folder)
        found = diagnose(folder, emitted.units)
        open_needs = [(diagnostic, need_of(diagnostic)) for diagnostic in found]
        wanted = [pair for pair in open_needs if pair[0].error or pair[1] is not None]
        if not wanted:
            if not forget_unreachable(gathered, scenario.text):
                return emitted
        elif not _progress(gathered, emitted, wanted):
            return _missing(gathered, emitted, wanted)
        emitted = emit(gathered, scenario.text, scenario.path)
    return Missing((), (f"no end after {ROUNDS} rounds of the compiler",))


def _write(emitted: Emitted, folder: Path) -> None:
    for name, text in emitted.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("latin-1"))


Wanted = Sequence[tuple[Diagnostic, Need | None]]


def _progress(gathered: Gathered, emitted: Emitted, wanted: Wanted) -> bool:
    """Take what is asked for; only where that yields nothing, give something up."""
    # an initialiser whose member is still missing is told as one by position, too
    for late in (False, True):
        taken = False
        for diagnostic, need in wanted:
            if need is not None and isinstance(need, PositionalNeed) == late:
                owners = _owners(emitted, diagnostic)
                taken = _satisfied(gathered, need, diagnostic, owners) or taken
        if taken:
            return True
    return _give_up(gathered, emitted, wanted)


def _give_up(gathered: Gathered, emitted: Emitted, wanted: Wanted) -> bool:
    # messages that name nothing are mostly the echo of those that do
    for group in (
        [pair for pair in wanted if pair[1] is not None],
        [pair for pair in wanted if pair[1] is None],
    ):
        given_up = False
        for diagnostic, need in group:
            owners = _owners(emitted, diagnostic)
            given_up = _given_up(gathered, owners, diagnostic, need) or given_up
        if given_up:
            return True
    return False


def _owners(emitted: Emitted, diagnostic: Diagnostic) -> list[Definition]:
    found: list[Definition] = []
    for place in diagnostic.places:
        found += [owner for owner in emitted.at(place.path, place.line) if owner not in found]
    return found


def _unit(gathered: Gathered, diagnostic: Diagnostic, owners: list[Definition]) -> str:
    """The .c file whose names the message is about, "" for headers, shim and scenario."""
    if owners:
        return gathered.unit_of(owners[0].path)
    return gathered.unit_of(diagnostic.unit)


def _satisfied(
    gathered: Gathered, need: Need, diagnostic: Diagnostic, owners: list[Definition]
) -> bool:
    unit = _unit(gathered, diagnostic, owners)
    match need:
        case NameNeed(name):
            for owner in owners:
                gathered.asked.setdefault(owner.name, set()).add(name)
            return gathered.need_name(name, unit)
        case MemberNeed("", member):
            # one of those taken has it inside; that another with the name has it does no harm
            return any(gathered.need_inside(tag, member) for tag in tuple(gathered.structs))
        case MemberNeed(tag, member):
            return gathered.need_member(tag, member, unit)
        case TagNeed(tag):
            return gathered.need_tag(tag, unit)
        case CompleteNeed():
            return _complete(gathered, owners, unit)
        case PositionalNeed(path):
            return _whole(gathered, owners, path, unit)


def _complete(gathered: Gathered, owners: list[Definition], unit: str) -> bool:
    """Every struct and enum that the declaration names."""
    taken = False
    for owner in owners:
        text = gathered.text(owner.name) if owner.name in gathered.structs else owner.text
        for tag in TAG.findall(text):
            taken = gathered.need_tag(tag, unit) or taken
    return taken


def _whole(gathered: Gathered, owners: list[Definition], path: str, unit: str) -> bool:
    """The struct that `variable.member[0].member` is; if that is not found, all that are named."""
    steps = PATH_STEP.findall(path)
    if path.startswith("(anonymous)"):
        return _whole_literals(gathered, owners, unit)
    for owner in owners:
        tag = _type_of(owner.text, steps[0]) if steps else None
        for step in steps[1:]:
            if tag is None or not step.isidentifier():
                continue
            tag = _type_of(gathered.text(tag), step) if tag in gathered.structs else None
        if tag is not None and gathered.index.tag(tag, unit) is not None:
            return gathered.need_whole(tag, unit)
    taken = False
    for owner in owners:
        for tag in TAG.findall(owner.text):
            taken = gathered.need_whole(tag, unit) or taken
    return taken


def _whole_literals(gathered: Gathered, owners: list[Definition], unit: str) -> bool:
    """The types of `(type) { ... }`, also where a macro writes it."""
    taken = False
    for owner in owners:
        try:
            text = expanded(owner.text, gathered.index.common_macro)
        except TooLongError:
            text = owner.text
        for tag, name in COMPOUND.findall(text):
            typedef = gathered.index.ordinary(name, unit) if name else None
            found = TAG.search(typedef.text) if typedef and typedef.kind == "typedef" else None
            wanted = tag or (found[1] if found else "")
            taken = (bool(wanted) and gathered.need_whole(wanted, unit)) or taken
    return taken


def _type_of(text: str, name: str) -> str | None:
    match = re.search(rf"\b(?:struct|union)\s+(\w+)\s+[\s*]*{re.escape(name)}\b", text)
    return match[1] if match else None


def _given_up(
    gathered: Gathered, owners: list[Definition], diagnostic: Diagnostic, need: Need | None
) -> bool:
    """Do without: a member, a function's body or a table's content."""
    word = _word(diagnostic, need)
    reason = diagnostic.message
    if word in gathered.defines.refused:
        reason = f"{word}: {gathered.defines.refused[word]}"
    for owner in owners:
        if owner.path.startswith(SHIM):
            continue
        if owner.kind in {"struct", "union"} and owner.name in gathered.structs:
            if word and gathered.drop_member(owner.name, word):
                return True
        elif owner.kind in {"function", "variable"} and gathered.trap(owner, reason):
            return True
    return False


def _word(diagnostic: Diagnostic, need: Need | None) -> str:
    """The name that the message is about, "" if it has none."""
    if isinstance(need, NameNeed | TagNeed | MemberNeed):
        return named(need).replace(".", " ").split()[-1]
    match = FIELD.search(diagnostic.message)
    return match[1] if match else ""


def _missing(gathered: Gathered, emitted: Emitted, wanted: Wanted) -> Missing:
    names, messages = [], []
    for diagnostic, need in wanted:
        owners = [owner for owner in _owners(emitted, diagnostic) if not is_trap(gathered, owner)]
        place = diagnostic.places[0] if diagnostic.places else None
        where = f"{place.path}:{place.line}" if place else diagnostic.unit
        messages.append(f"{where}: {diagnostic.message}")
        if need is not None:
            who = owners[0].name if owners else SCENARIO_UNIT
            why = gathered.defines.refused.get(named(need), "")
            names.append(f"{named(need)} (for {who} at {where}{'; ' + why if why else ''})")
    return Missing(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(messages)))
