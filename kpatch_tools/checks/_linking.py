"""Tells when a module uses what the kernel defines and does not export."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kpatch_tools.checks._doubts import Doubt, of_architecture
from kpatch_tools.checks._exports import Exports, may_paste
from kpatch_tools.checks._kept import may_be_dropped
from kpatch_tools.checks._kept_functions import in_dropped_argument, kept_when
from kpatch_tools.checks._unset import settled
from kpatch_tools.checks._uses import BESIDE
from kpatch_tools.condition import (
    FALSE,
    TRUE,
    Condition,
    all_of,
    any_of,
    negate,
    substitute,
)
from kpatch_tools.csource import index_file
from kpatch_tools.domain import Link, Reference, Snapshot, Symbol, Tree, Witness
from kpatch_tools.review.cover import certain, kernel, possible, thinkable
from kpatch_tools.review.names import is_private

Bound = Callable[[Condition], Condition]
USES = frozenset({"call", "address", "initialiser", "other"})
# Where a value is named and not read.
UNREAD = re.compile(rb"\b(?:sizeof|__?typeof(?:__)?|typeof|ARRAY_SIZE|offsetof|__alignof__)\b")
TAGS = frozenset({"struct", "union", "enum"})
# DEFINE_ITEM(start): what else the macro makes is not known
MADE = re.compile(r"\w+\s*\(.*\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unexported:
    """A use in a module of what the kernel has and does not export, under `condition`."""

    use: Reference
    definition: Symbol
    condition: Condition
    witness: Witness


@dataclass(frozen=True, slots=True)
class Reached:
    """A module that has a use which no export covers, under `condition`."""

    module: Link
    condition: Condition


def modules(path: str, snapshot: Snapshot) -> tuple[Link, ...]:
    """The modules that the file may be linked into."""
    return tuple(link for link in snapshot.configuration.links(path) if link.is_module)


def is_modular(path: str, snapshot: Snapshot) -> bool:
    """Whether some configuration links the file into a module."""
    links = () if path.startswith(BESIDE) else modules(path, snapshot)
    return any(possible(link.condition, snapshot.configuration) for link in links)


class Definitions:
    """Definitions of names in the trees of a series; each content is read once a name."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str | None, str], Symbol | None] = {}

    def of(self, name: str, snapshot: Snapshot) -> tuple[Symbol, ...]:
        """Every definition of the name in a .c file that other files can link to."""
        paths = (path for path in snapshot.tree.naming(frozenset((name,))) if path.endswith(".c"))
        return tuple(filter(None, (self._in(path, name, snapshot.tree) for path in paths)))

    def _in(self, path: str, name: str, tree: Tree) -> Symbol | None:
        key = (path, tree.blob_id(path), name)
        if key not in self._kept:
            self._kept[key] = _definition(path, tree.read(path) or b"", name)
        return self._kept[key]


def _definition(path: str, source: bytes, name: str) -> Symbol | None:
    """A file's definition of the name: it begins its line, or stands in a macro call that does.

    Those in the arms of its #if lines are one, under either condition.
    """
    begins = re.compile(rb"^(?:[A-Za-z_][^\n]*\b)?%s\b" % name.encode(), re.MULTILINE)
    if not begins.search(source):
        return None
    known = index_file(path, source, frozenset((name,))).symbols
    arms = [symbol for symbol in known if _defines(symbol)]
    either = any_of(*(symbol.condition for symbol in arms))
    return replace(arms[0], condition=either) if arms else None


def reached(
    use: Reference, exports: Exports, snapshot: Snapshot, bound: Bound = certain
) -> tuple[Reached, ...]:
    """Where a module has the use, of a name declared for it, without an export in force.

    `use.condition` is that of its file and #if lines; `bound` makes of a
    condition what is certain of it, or what may be.
    """
    path, name = use.place.path, use.symbol
    # a struct of the name is another name
    sight = snapshot.sight
    seen = sight.declared(path, name) or sight.searched(path, name)
    declared = [s for s in seen if s.kind not in TAGS]
    outer = any_of(*(s.condition for s in declared if _is_outer(s, path)))
    hidden = any_of(*(s.condition for s in declared if not _is_outer(s, path)))
    found: list[Reached] = []
    known = [negate(each.condition) for each in exports.on_a_line(name, snapshot)]
    start = settled(all_of(use.condition, outer, negate(hidden), *known), path, snapshot)
    for module in modules(path, snapshot) if start != FALSE else ():
        inside = substitute(all_of(start, module.condition), {"MODULE": TRUE})
        if thinkable(bound(inside), snapshot.configuration):
            more = [negate(each.condition) for each in exports.elsewhere(name, snapshot)]
            left = all_of(inside, *more)
            if not more or thinkable(bound(left), snapshot.configuration):
                found.append(Reached(module, left))
    return tuple(found)


def may_lack(
    use: Reference, defined: Iterable[Symbol], exports: Exports, snapshot: Snapshot
) -> bool:
    """Whether the use may not be linked, where what no Kconfig symbol decides says so."""
    return any(
        thinkable(kernel(all_of(here.condition, there)), snapshot.configuration)
        for here in reached(use, exports, snapshot, kernel)
        for there in (_in_kernel(each, here.module, snapshot) for each in defined)
    )


def judged(
    use: Reference,
    defined: Iterable[Symbol],
    modules_reached: Iterable[Reached],
    snapshot: Snapshot,
) -> Unexported | Doubt | None:
    """What is wrong with the use; None where it can be linked wherever it is compiled."""
    for here in modules_reached:
        for definition in defined:
            there = _in_kernel(definition, here.module, snapshot)
            sure = certain(all_of(here.condition, there))
            witness = None if sure == FALSE else snapshot.configuration.witness(sure)
            if witness is not None and (kept := _kept(use, snapshot)) != TRUE:
                sure = certain(all_of(sure, kept))
                witness = None if sure == FALSE else snapshot.configuration.witness(sure)
                if witness is None:
                    return Doubt(f"{use.function} may be dropped by the compiler")
            if witness is not None:
                doubt = _doubt(use, definition, snapshot) or of_architecture(use, witness, snapshot)
                return doubt or Unexported(use, definition, sure, witness)
    return None


def _kept(use: Reference, snapshot: Snapshot) -> Condition:
    """When the compiler surely keeps the function of the use, if one has it."""
    path = use.place.path
    return kept_when(use.function, path, snapshot) if use.function and path.endswith(".c") else TRUE


def _defines(symbol: Symbol) -> bool:
    if symbol.kind == "function":
        return not is_private(symbol)
    words = symbol.text.split()
    return symbol.kind == "variable" and "static" not in words and "extern" not in words


def _is_outer(symbol: Symbol, path: str) -> bool:
    """Whether the declaration makes the name one that is defined in another file."""
    if symbol.kind == "prototype":
        return symbol.signature is not None and not symbol.signature.static
    return symbol.kind == "variable" and "extern" in symbol.text.split()


def _in_kernel(definition: Symbol, module: Link, snapshot: Snapshot) -> Condition:
    """When the definition is linked into the kernel, and not into the module itself."""
    links = snapshot.configuration.links(definition.place.path)
    built_in = any_of(*(link.condition for link in links if not link.is_module))
    own = any_of(*(link.condition for link in links if link.target == module.target))
    compiled = substitute(definition.condition, {"MODULE": FALSE})
    return all_of(built_in, compiled, negate(own))


def _doubt(use: Reference, definition: Symbol, snapshot: Snapshot) -> Doubt | None:
    source = snapshot.tree.read(definition.place.path) or b""
    if may_paste(use.symbol, definition.place.path, source) or MADE.match(definition.text):
        return Doubt(f"{use.symbol} may be exported by a macro of {definition.place.path}")
    text = snapshot.tree.read(use.place.path) or b""
    around = [s for s in snapshot.sight.symbols(use.place.path) if s.name == use.function]
    for function in around:
        if may_be_dropped(text, (function.place.line, function.last), use.place.line):
            return Doubt(f"{use.symbol} is used in code that the compiler may drop")
    if use.place.path.endswith(".c") and in_dropped_argument(use, snapshot):
        return Doubt(f"{use.symbol} is an argument that its macro may drop")
    if use.kind == "other" and UNREAD.search(text.split(b"\n")[use.place.line - 1]):
        return Doubt(f"{use.symbol} may stand where it is not read")
    for skip in snapshot.sight.doubts(use.place.path, use.symbol):
        return Doubt(f"{use.symbol} {skip.reason}")
    return None
