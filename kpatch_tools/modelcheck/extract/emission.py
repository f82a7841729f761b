"""Turns what was gathered into the text of C units.

`model.h` has what every unit sees. Each kernel file with subjects is a unit
of its own, named by its path, so that static names do not clash; further units are the shim,
the traps and the scenario. `#line` points at the kernel's file.
"""

import re
from dataclasses import dataclass, field

from kpatch_tools.modelcheck.extract.arranging import (
    aliases_of,
    in_order,
    named_by,
    renamed,
    values_of,
    written,
)
from kpatch_tools.modelcheck.extract.definitions import Definition
from kpatch_tools.modelcheck.extract.gathered import Gathered
from kpatch_tools.modelcheck.extract.index import SHIM
from kpatch_tools.modelcheck.extract.items import closed, without_attributes
from kpatch_tools.modelcheck.extract.ordering import by_need, ordered

HEADER = "model.h"
SHIM_UNIT = "shim.c"
TRAP_UNIT = "traps.c"
SCENARIO_UNIT = "scenario.c"
STORAGE = re.compile(
    r"^\s*(?:(?:static|extern|inline|__inline__|__inline|__always_inline|noinline)\b\s*)+"
)
FORWARD = re.compile(r"\b(struct|union)\s+(?!__attribute__)(\w+)")


@dataclass(slots=True)
class Text:
    """A unit as it grows. `spans`: where each definition's lines are, for the messages."""

    lines: list[str] = field(default_factory=list)
    spans: list[Definition] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.lines.append(text)

    def put(self, definition: Definition, text: str) -> None:
        self.lines.append(f'#line {definition.line} "{definition.path}"')
        self.lines.append(text)
        self.spans.append(definition)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True)
class Emitted:
    """File name -> text; `owners` are the definitions by the file they came from."""

    files: dict[str, str]
    owners: dict[str, list[Definition]]

    @property
    def units(self) -> list[str]:
        return sorted(name for name in self.files if name.endswith(".c"))

    def at(self, path: str, line: int) -> list[Definition]:
        """The definitions that stand on that line, narrowest first."""
        found = [d for d in self.owners.get(path, ()) if d.line <= line <= d.last]
        return sorted(found, key=lambda definition: definition.last - definition.line)


def emit(gathered: Gathered, scenario: str, scenario_path: str) -> Emitted:
    """Every unit. `scenario` is the text of scenario.c, taken whole."""
    header = _header(gathered)
    texts = {HEADER: header, SHIM_UNIT: _unit(), TRAP_UNIT: _unit(), SCENARIO_UNIT: _unit()}
    for path in gathered.index.files:
        texts[path] = _own(gathered, path)
    _shim(gathered, texts[SHIM_UNIT])
    _traps(gathered, texts[TRAP_UNIT])
    texts[SCENARIO_UNIT].add(f'#line 1 "{scenario_path}"\n{scenario}')
    owners: dict[str, list[Definition]] = {}
    for text in texts.values():
        for definition in text.spans:
            owners.setdefault(definition.path, []).append(definition)
    return Emitted({name: text.text for name, text in texts.items()}, owners)


def is_trap(gathered: Gathered, definition: Definition) -> bool:
    return definition.name in gathered.trapped


def _unit() -> Text:
    return Text([f'#include "{HEADER}"'])


def _header(gathered: Gathered) -> Text:
    text = Text(["#ifndef KPT_MODEL_H", "#define KPT_MODEL_H", '#include "engine.h"'])
    for (unit, _), macro in sorted(gathered.defines.taken.items()):
        if unit == "":
            text.add(macro.text)
    structs = {tag: gathered.text(tag) for tag in gathered.structs}
    enums = [d for d in gathered.types if d.kind == "enum"]
    others = {_key(d): d for d in gathered.types if d.kind != "enum"}
    typedefs = {name: definition.text for name, definition in others.items()}
    everything = [*structs.values(), *typedefs.values(), *(d.text for d in gathered.variables)]
    everything += [d.head for d in gathered.functions]
    for keyword, tag in sorted({pair for part in everything for pair in FORWARD.findall(part)}):
        text.add(f"{keyword} {tag};")
    values = values_of(gathered, sorted(enums, key=_place))
    early = named_by(values, typedefs)
    for _, name in ordered({}, {name: typedefs.pop(name) for name in early}):
        text.put(others[name], others[name].text)
    for definition in in_order(values):
        text.put(definition, _enum(definition))
    aliases = aliases_of(gathered)
    plain = {tag: renamed(written(gathered, part), aliases) for tag, part in structs.items()}
    for kind, name in ordered(plain, {n: renamed(part, aliases) for n, part in typedefs.items()}):
        definition = gathered.structs[name].definition if kind == "struct" else others[name]
        text.put(definition, structs[name] if kind == "struct" else typedefs[name])
    for definition in sorted(gathered.variables, key=_place):
        if _is_shared(gathered, definition) or is_trap(gathered, definition):
            text.put(definition, _declaration(definition))
    _functions(gathered, text)
    text.add("#endif")
    return text


def _functions(gathered: Gathered, text: Text) -> None:
    """Prototypes of all that units share, then the functions of headers."""
    inline = []
    for definition in sorted(gathered.functions, key=_place):
        in_header = _home(gathered, definition) == ""
        if in_header and not is_trap(gathered, definition):
            inline.append(definition)
            text.put(definition, f"{_local(definition.head)};")
        elif _is_shared(gathered, definition):
            text.put(definition, f"{_global(definition.head)};")
    for definition in inline:
        text.put(definition, _local(definition.text))


def _own(gathered: Gathered, path: str) -> Text:
    """The unit of one kernel file: its macros, its static prototypes, its definitions."""
    text = _unit()
    for (unit, name), macro in sorted(gathered.defines.taken.items()):
        if unit == path and gathered.defines.taken.get(("", name)) != macro:
            text.add(f"#undef {name}\n{macro.text}")
    functions = [d for d in gathered.functions if d.path == path]
    for definition in sorted(functions, key=_place):
        if not _is_shared(gathered, definition):
            text.put(definition, f"{definition.head};")
    variables = [d for d in gathered.variables if d.path == path and not is_trap(gathered, d)]
    named = {definition.name: definition for definition in sorted(variables, key=_place)}
    for name in by_need({name: definition.text for name, definition in named.items()}):
        definition = named[name]
        shared = name in gathered.exported
        text.put(definition, _global(definition.text) if shared else definition.text)
    for definition in sorted(functions, key=_place):
        if is_trap(gathered, definition):
            if not _is_shared(gathered, definition):
                text.put(definition, _trap(gathered, definition, definition.head))
        elif definition.name in gathered.exported:
            text.put(definition, _global(definition.text))
        else:
            text.put(definition, definition.text)
    return text


def _shim(gathered: Gathered, text: Text) -> None:
    for definition in sorted(gathered.variables, key=_place):
        if definition.path.startswith(SHIM):
            text.put(definition, _global(definition.text))
    for definition in sorted(gathered.functions, key=_place):
        if definition.path.startswith(SHIM):
            text.put(definition, _global(definition.text))


def _traps(gathered: Gathered, text: Text) -> None:
    """Functions that fail when called, and data that is zero."""
    for definition in sorted(gathered.functions, key=_place):
        if is_trap(gathered, definition) and _is_shared(gathered, definition):
            text.put(definition, _trap(gathered, definition, _global(definition.head)))
    for definition in sorted(gathered.variables, key=_place):
        if is_trap(gathered, definition):
            text.put(definition, f"__typeof__({definition.name}) {definition.name};")


def _trap(gathered: Gathered, definition: Definition, head: str) -> str:
    """The function with a body that says what was reached."""
    plain = without_attributes(head)
    name = re.search(rf"\b{re.escape(definition.name)}\s*\(", plain)
    if name is not None:
        head = head[: closed(plain, name.end() - 1)]
    reason = (
        gathered.trapped[definition.name].replace("\\", "/").replace('"', "'").replace("%", "%%")
    )
    failure = f'eng_fail("model-unknown", "reached {definition.name}: {reason}");'
    return f"{head} {{ {failure} }}"


def _home(gathered: Gathered, definition: Definition) -> str:
    """The unit that holds the body: a kernel .c, the shim, or "" for headers."""
    if definition.path.startswith(SHIM):
        return SHIM_UNIT
    return gathered.unit_of(definition.path)


def _is_shared(gathered: Gathered, definition: Definition) -> bool:
    """Whether other units see it: all but the static ones of a kernel file."""
    home = _home(gathered, definition)
    if home in {"", SHIM_UNIT}:
        return True
    return definition.name in gathered.exported or not definition.static


def _global(text: str) -> str:
    """Without static, extern and inline at the front; lines kept."""
    return _without_storage(text, "")


def _local(text: str) -> str:
    """`static inline`, whatever it was."""
    return _without_storage(text, "static inline __attribute__((unused)) ")


def _without_storage(text: str, instead: str) -> str:
    match = STORAGE.match(text)
    if match is None:
        return instead + text
    return instead + "\n" * match.group().count("\n") + text[match.end() :]


def _declaration(definition: Definition) -> str:
    head = definition.head
    if definition.kind == "declaration":
        return f"{head};"
    return f"extern {_global(head)};"


def _enum(definition: Definition) -> str:
    """The enum alone where the file declares a variable with it."""
    end = closed(definition.text, definition.text.index("{"))
    return (
        f"{definition.text[:end]};"
        if not definition.text.startswith("typedef")
        else definition.text
    )


def _key(definition: Definition) -> str:
    return definition.name or f"{definition.path}:{definition.line}"


def _place(definition: Definition) -> tuple[str, int, str]:
    return definition.path, definition.line, definition.name
