"""A label, static function or static variable that a configuration leaves without use.

What it finds
    A definition that some configuration compiles while it compiles none of
    its uses in the same file; one whose last use the series took away (of an
    inline function a note: compilers say so where they are asked to), and (a
    note) a function or variable that no file of the tree names any more, but
    to define it or, in a source, to declare it.

Why it matters
    The compiler warns there (-Wunused-label, -Wunused-function,
    -Wunused-variable); build robots report it, and with -Werror the build
    breaks.

Example
    #ifdef CONFIG_A
        goto out_free;
    #endif
        ...
    out_free:      unused when CONFIG_A is not set

What it does not see
    What had no use before (the author's own build says that); uses by macros
    that drop their arguments; const variables, and configurations that leave a
    static inline function without use, of which compilers do not warn; of what
    a .c file has that includes another, or is included, more than that nothing
    names it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from kpatch_tools.checks._left_definitions import undeclared_name
from kpatch_tools.checks._unused_globals import unused_globals
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.condition import FALSE, all_of, brief, negate
from kpatch_tools.csource.lexer import scrub
from kpatch_tools.domain import (
    Case,
    Finding,
    Reference,
    Related,
    Skipped,
    Snapshot,
    Symbol,
    Witness,
)
from kpatch_tools.review.cover import certain, kernel, outside, thinkable
from kpatch_tools.review.names import is_private
from kpatch_tools.review.pasting import may_spell
from kpatch_tools.review.reading import is_part

SEVERITY = "warning"
NO_USE = frozenset({"definition", "prototype", "comment", "documentation"})
# static DEVICE_ATTR_RO(foo)
INVOKED = re.compile(
    rb"^(?:static[ \t]+)?(?:const[ \t]+)?(([A-Z_][A-Z0-9_]*)[ \t]*\(([^()]*)\))", re.MULTILINE
)
WORD = re.compile(rb"[A-Za-z_]\w{2,}")
# Words that tell the compiler not to warn.
SPARED = re.compile(rb"\b(?:__maybe_unused|__used|__always_unused|__unused|unused)\b")


def check(case: Case) -> Iterator[Finding | Skipped]:
    """Definitions of touched files whose uses are all compiled out somewhere.

    Where a token of the name was not understood, it may be a use: undecided.
    """
    paths = touched_paths(case.review)
    # what other parts of a translation unit use is not asked of every name
    beside = case.review.beside
    parts = {path: [f for f in files if f.endswith(".c")] for path, files in beside.items()}
    once: set[tuple[str, str]] = set()
    for snapshot in case.review.snapshots:
        uses: dict[tuple[str, str], list[Reference]] = {}
        for use in snapshot.index.references:
            if use.place.path in paths and use.kind not in NO_USE:
                uses.setdefault((use.place.path, use.symbol), []).append(use)
        unclear = {(skip.place.path, skip.symbol): skip for skip in snapshot.index.unclassified}
        for symbol in snapshot.index.symbols:
            key = (symbol.place.path, symbol.name)
            if key[0] not in paths or not _may_be_unused(symbol):
                continue
            found: Iterable[Finding | Skipped] = ()
            label, others = symbol.kind == "label", parts.get(key[0], [])
            warned = _is_warned_of(symbol)
            if key in uses and warned and (label or not others) and not key[0].startswith(BESIDE):
                found = _judged(symbol, uses[key], snapshot)
            elif key not in uses and key in once and not label:
                found = _without_uses(symbol, others, snapshot)
            for finding in found:
                skip = unclear.get(key)
                yield _advised(finding, case, snapshot) if skip is None else _undecided(skip)
        once.update(uses)
    yield from unused_globals(case, "unused-in-config")


def _advised(finding: Finding | Skipped, case: Case, snapshot: Snapshot) -> Finding | Skipped:
    """The finding; of what all uses were renamed away from, it says that, too."""
    if isinstance(finding, Skipped) or finding.related:
        return finding
    name = undeclared_name(finding.symbol, case.review, snapshot)
    if name is None:
        return finding
    return replace(finding, suggestion=f"give it the new name too: {name}")


def _without_uses(
    symbol: Symbol, others: Iterable[str], snapshot: Snapshot
) -> Iterator[Finding | Skipped]:
    """What to say of a definition whose last use the series took away; `others`: of its unit."""
    word = re.compile(rb"\b%s\b" % symbol.name.encode())
    if any(word.search(snapshot.tree.read(path) or b"") for path in others):
        return
    macro = _pasting(symbol, snapshot)
    if macro is not None:
        reason = f"unused-in-config cannot be decided: {macro} may use it"
        yield Skipped(symbol.place, reason, symbol.name)
    elif _is_warned_of(symbol) and not symbol.place.path.startswith(BESIDE):
        yield from _judged(symbol, [], snapshot)
    elif not SPARED.search(_head(symbol, snapshot)):
        # programs beside the kernel have no configuration to ask
        yield _finding(symbol, [], snapshot, None)


def _pasting(symbol: Symbol, snapshot: Snapshot) -> str | None:
    """A macro called with a piece of the name, that may make it: DEVICE_ATTR_RO(foo), foo_show."""
    path, name = symbol.place.path, symbol.name.encode()
    code = scrub(snapshot.tree.read(path) or b"")
    look = partial(snapshot.sight.macros, path)
    for found in INVOKED.finditer(code):
        parts = any(is_part(word, name) for word in WORD.findall(found[3]))
        if parts and may_spell(found[1], symbol.name, look):
            return found[2].decode()
    return None


def _undecided(skip: Skipped) -> Skipped:
    reason = f"unused-in-config cannot be decided: a token of {skip.symbol} is {skip.reason}"
    return Skipped(skip.place, reason, skip.symbol)


def _may_be_unused(symbol: Symbol) -> bool:
    if not symbol.place.path.endswith(".c"):
        return False
    if symbol.kind == "label":
        return True
    if symbol.kind == "function":
        defined = symbol.signature is not None
    else:
        words = symbol.text.split()
        defined = symbol.kind == "variable" and "const" not in words and "extern" not in words
    return defined and is_private(symbol)


def _is_warned_of(symbol: Symbol) -> bool:
    """Whether compilers warn of it by themselves, and not only where they are asked (W=1)."""
    return symbol.signature is None or not symbol.signature.inline


def _head(symbol: Symbol, snapshot: Snapshot) -> bytes:
    """The lines from just before the name to the body, where attributes stand; no parameters."""
    lines = (snapshot.tree.read(symbol.place.path) or b"").split(b"\n")
    first = symbol.place.line - 1
    head = b"\n".join(lines[max(0, first - 2) : max(first + 3, symbol.place.line)])
    listed = re.search(rb"\b%s\s*\(" % symbol.name.encode(), head)
    return head if listed is None or symbol.kind != "function" else head[: listed.end()]


def _judged(
    symbol: Symbol, uses: list[Reference], snapshot: Snapshot
) -> Iterator[Finding | Skipped]:
    if symbol.kind == "label":
        uses = [use for use in uses if use.function == symbol.owner]
        if not uses:
            return
    if any(use.made and not use.target for use in uses):
        return
    if symbol.condition in {use.condition for use in uses}:
        return
    unused = all_of(symbol.condition, *(negate(use.condition) for use in uses))
    sure = certain(unused)
    if sure == FALSE:
        told = (
            uses or symbol.kind == "label" or not thinkable(kernel(unused), snapshot.configuration)
        )
        if not told and not SPARED.search(_head(symbol, snapshot)):
            # wherever macros that are no symbols of Kconfig compile it, it has no use
            yield _finding(symbol, uses, snapshot, None)
        return
    if not snapshot.configuration.knows(symbol.place.path):
        if not uses and symbol.kind != "label":
            reason = "unused-in-config cannot be decided: no Makefile tells when it is compiled"
            yield Skipped(symbol.place, reason, symbol.name)
        return
    witness = snapshot.configuration.witness(sure)
    if witness is not None and not SPARED.search(_head(symbol, snapshot)):
        yield _finding(symbol, uses, snapshot, witness)


def _finding(
    symbol: Symbol, uses: list[Reference], snapshot: Snapshot, witness: Witness | None
) -> Finding:
    condition = outside(symbol.condition, (use.condition for use in uses))
    what = f"label {symbol.name}" if symbol.kind == "label" else f"static {symbol.name}"
    when = f" when {brief(condition)}" if uses else ": the series took its last use away"
    return Finding(
        rule="unused-in-config",
        severity="warning" if _is_warned_of(symbol) else "note",
        evidence="found" if witness is None else "proved",
        patch=snapshot.number,
        place=symbol.place,
        message=f"{what} is unused{when}",
        function=symbol.owner,
        symbol=symbol.name,
        condition=condition,
        witness=witness,
        suggestion="compile it under the condition of its uses" if uses else "remove it",
        subject=symbol.kind,
        related=tuple(
            Related(use.place, f"used only when {brief(kernel(use.condition))}") for use in uses
        ),
    )
