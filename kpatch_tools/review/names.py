"""Turns steps into the names a review asks about.

What a patch removes, renames, re-signs, re-guards or moves is asked of the
whole tree, as are the hooks of a migration and their routes. Every other
identifier on a line that a patch adds or removes is asked of the file it
stands in: who else uses `ret` does not matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpatch_tools.csource import LONGEST_LINE, identifiers
from kpatch_tools.domain import Change, Migration, Step, Symbol
from kpatch_tools.review.reading import WORD, Reading
from kpatch_tools.review.routes import route_names
from kpatch_tools.review.touched import Touched, touched

KEYWORDS = frozenset((
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
    "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
    "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
    "union", "unsigned", "void", "volatile", "while", "defined", "ifdef", "ifndef", "endif",
    "elif", "include", "define", "undef", "NULL", "true", "false", "bool",
    # GNU C: keywords and what the compiler itself knows
    "asm", "__asm", "__asm__", "__attribute", "__attribute__", "__extension__", "__label__",
    "typeof", "__typeof", "__typeof__", "__auto_type", "__alignof", "__alignof__", "_Alignof",
    "_Bool", "_Generic", "_Noreturn", "_Static_assert", "__inline", "__inline__", "__const",
    "__volatile", "__volatile__", "__restrict", "__restrict__", "__signed__", "__func__",
    "__FUNCTION__", "__PRETTY_FUNCTION__", "__FILE__", "__LINE__", "__DATE__", "__TIME__",
    "__COUNTER__", "__BASE_FILE__", "__VA_ARGS__", "__has_attribute", "__has_include",
))  # fmt: skip
# Changes after which a user elsewhere may be wrong.
FELT = frozenset({"removed", "renamed", "resigned", "reguarded", "moved"})
OUTER_KINDS = frozenset(
    {
        "function",
        "prototype",
        "macro",
        "variable",
        "struct",
        "union",
        "enum",
        "typedef",
        "enumerator",
    }
)
OWN_KINDS = frozenset({"function", "variable", "label"})


# Review.beside
Beside = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """`tree`: asked of every file; `files`: asked of one path beside those."""

    tree: frozenset[str]
    files: Mapping[str, frozenset[str]]

    def of(self, path: str) -> frozenset[str]:
        return self.tree | self.files.get(path, frozenset())


def names_in_question(
    steps: Iterable[Step],
    changes: Iterable[Change],
    migration: Migration | None,
    reading: Reading,
    beside: Beside,
) -> Names:
    """The names, from the steps and what they changed."""
    files: dict[str, set[str]] = {}
    for step in steps:
        for file in touched(step):
            found = _of_file(file, step, reading)
            for path in (file.old_path, file.new_path):
                if path is not None and found:
                    files.setdefault(path, set()).update(found)
    hooks = migration.hooks if migration is not None else ()
    tree = {*route_names(hooks), *(hook.name for hook in hooks)}
    for change in changes:
        for symbol in (change.before, change.after):
            if symbol is None or change.kind not in FELT or symbol.kind not in OUTER_KINDS:
                continue
            if is_private(symbol):
                path = symbol.place.path
                for place in (path, *beside.get(path, ())):
                    files.setdefault(place, set()).add(symbol.name)
            else:
                tree.add(symbol.name)
    return Names(frozenset(tree), {path: frozenset(found) for path, found in files.items()})


def is_private(symbol: Symbol) -> bool:
    """Whether only the symbol's own file can use it, and what includes that (`Review.beside`)."""
    if symbol.place.path.endswith(".h"):
        return False
    if symbol.signature is not None:
        return symbol.signature.static
    if symbol.kind == "variable":
        return "static" in symbol.text.split()
    return symbol.kind not in {"function", "prototype"}


def on_changed_lines(file: Touched, step: Step) -> frozenset[str]:
    """Identifiers on the lines that the step adds to the file or removes from it."""
    before = (step.before.read(file.old_path) if file.old_path else None) or b""
    after = (step.after.read(file.new_path) if file.new_path else None) or b""
    old, new = before.split(b"\n"), after.split(b"\n")
    removed = (old[b.old_first - 1 : b.old_first - 1 + b.old_count] for b in file.blocks)
    added = (new[b.new_first - 1 : b.new_first - 1 + b.new_count] for b in file.blocks)
    changed = (line for lines in (*removed, *added) for line in lines)
    lines = b"\n".join(line for line in changed if len(line) <= LONGEST_LINE)
    words = {word.decode() for word in WORD.findall(lines)}
    return frozenset(words & (identifiers(before) | identifiers(after)) - KEYWORDS)


def _of_file(file: Touched, step: Step, reading: Reading) -> set[str]:
    if not file.path.endswith((".c", ".h")):
        return set()
    found = set(on_changed_lines(file, step))
    for tree, path in ((step.before, file.old_path), (step.after, file.new_path)):
        for symbol in reading.declared(tree, path):
            if symbol.kind in OWN_KINDS and is_private(symbol):
                found.add(symbol.name)
    return found
