"""Turns an assembly file into the names that it defines for the linker."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kpatch_tools.csource.assembly import assembly_code
from kpatch_tools.csource.lines import Lines

# foo:   (r1:0 are two registers)
LABEL = re.compile(rb"^[ \t]*([A-Za-z_]\w*):(?=\s|\Z)", re.MULTILINE)
# SYM_FUNC_START(foo), ENTRY(foo), _GLOBAL(foo), LEAF(foo, 32)
HEADED = re.compile(
    rb"^[ \t]*([A-Z_][A-Z0-9_]*+)[ \t]*\([ \t]*([A-Za-z_]\w*+)[ \t]*[,)]", re.MULTILINE
)
HEADS = (b"START", b"ENTRY", b"GLOBAL", b"LEAF", b"NESTED", b"FEXPORT")
# function foo
STATED = re.compile(rb"^[ \t]*([A-Za-z_]\w*)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
# .globl foo, bar
GLOBAL = re.compile(rb"^[ \t]*\.(?:globl|global|weak)[ \t]+([\w, \t]+)", re.MULTILINE)
WORD = re.compile(rb"[A-Za-z_]\w*")
# .globl \name
OFFERED = re.compile(rb"[ \t]*\.(?:globl|global|weak)\b")
# .macro function name
MACRO = re.compile(rb"[ \t]*\.macro[ \t]+(\w+)(?:[ \t,]+(\w+))?")
MACRO_ENDS = re.compile(rb"[ \t]*\.endm\b")
LOCAL = b"LOCAL"
STATEMENT = re.compile(rb"[;{]|[A-Za-z_]\w*+")
REMARKS = re.compile(rb"[;|](?:[ \t]|\Z)|//")


@dataclass(frozen=True, slots=True)
class Label:
    """`line` where it is defined; `is_global`: other files may mean it."""

    line: int
    is_global: bool


def labels(source: bytes, defining: Mapping[bytes, bool]) -> Mapping[str, Label]:
    """By name. `defining` as `defining_macros` gives it."""
    code = assembly_code(source)
    offered = {word for match in GLOBAL.finditer(code) for word in WORD.findall(match[1])}
    lines = Lines(source)
    found: dict[str, Label] = {}

    def add(name: bytes, offset: int, is_global: bool) -> None:
        found.setdefault(name.decode(), Label(lines.of(offset), is_global))

    for match in HEADED.finditer(code):
        if any(head in match[1] for head in HEADS):
            add(match[2], match.start(2), LOCAL not in match[1])
    for match in LABEL.finditer(code):
        add(match[1], match.start(1), match[1] in offered)
    for match in STATED.finditer(code) if defining else ():
        if match[1] in defining:
            add(match[2], match.start(2), defining[match[1]] or match[2] in offered)
    return found


def uses_as_operand(line: bytes, name: str) -> bool:
    """Whether a line of assembly has the name behind an instruction, and surely not in a remark.

    What begins a statement is an instruction of that name; `;` and `|` begin remarks in some
    assemblers.
    """
    code = REMARKS.split(line, maxsplit=1)[0]
    begins = 0
    for match in STATEMENT.finditer(code):
        if match[0] in (b";", b"{"):
            begins = match.end()
        elif match[0] == name.encode() and code[begins : match.start()].strip():
            return True
    return False


def defining_macros(sources: Iterable[bytes]) -> Mapping[bytes, bool]:
    """Macros of the assembler whose first argument becomes a label, and whether a global one."""
    found: dict[bytes, bool] = {}
    for source in sources:
        if b".macro" in source:
            found.update(_defining(source))
    return found


@lru_cache(maxsize=1024)
def _defining(source: bytes) -> Mapping[bytes, bool]:
    found: dict[bytes, bool] = {}
    offering: set[bytes] = set()
    opened: list[tuple[bytes, bytes]] = []
    for line in assembly_code(source).split(b"\n"):
        begun = MACRO.match(line)
        if begun is not None:
            opened.append((begun[1], begun[2] or b""))
        elif MACRO_ENDS.match(line) and opened:
            opened.pop()
        elif opened and opened[-1][1]:
            name, argument = opened[-1]
            if OFFERED.match(line) and b"\\" + argument in line:
                offering.add(name)
            elif re.match(rb"[ \t]*\\%s(?:\\\(\))?:" % re.escape(argument), line):
                found[name] = name in offering
    return found
