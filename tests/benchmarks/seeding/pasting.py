"""Chooses functions that a macro of the kernel names by pasting: x_show in DEVICE_ATTR_RO(x).

The function is one file's own. Every word that is its name is renamed, and the
macro call, which pastes the old name, is what is left behind.
"""

import random
import re
from collections.abc import Iterator

from kpatch_tools.domain import Tree
from seeding.census import Census
from seeding.kinds import Kinds, Site, is_c
from seeding.lexing import Lexed
from seeding.subjects import VALUE_KINDS, Subject

PASTED = "pasted name"
# include/linux/device.h, sysfs.h, seq_file.h, debugfs.h
MADE = {
    "DEVICE_ATTR_RW": ("_show", "_store"), "DEVICE_ATTR_RO": ("_show",),
    "DEVICE_ATTR_WO": ("_store",), "DRIVER_ATTR_RO": ("_show",),
    "DRIVER_ATTR_RW": ("_show", "_store"),
    "CLASS_ATTR_RO": ("_show",), "CLASS_ATTR_WO": ("_store",), "BUS_ATTR_RO": ("_show",),
    "DEFINE_SHOW_ATTRIBUTE": ("_show",), "DEFINE_SEQ_ATTRIBUTE": ("_sops",),
    "CONFIGFS_ATTR": (), "IIO_DEVICE_ATTR_RO": ("_show",),
}  # fmt: skip
# static DEVICE_ATTR_RO(temperature);
CALL = re.compile(rb"^(?:static\s+)?([A-Z_]+)\((\w+)(?:,\s*\d+)?\);", re.MULTILINE)


# QUEUE_RO_ENTRY(queue_logical_block_size, "logical_block_size");
OUTER_CALL = re.compile(
    rb"^(?:static\s+)?(?:const\s+)?(?!EXPORT_|MODULE_)[A-Z_][A-Z0-9_]*\(([^;{}]*)", re.MULTILINE
)
# 	PINMUX_SINGLE(DU2),
INNER_CALL = re.compile(rb"\b[A-Z_][A-Z0-9_]*\(([^;{}()]*)")
# 		run_selftests(live, device);
ANY_CALL = re.compile(rb"\b([a-z_]\w*)\(([^;{}()]*)")
STRING = re.compile(rb'"(?:[^"\\\n]|\\.)*"')
WORD = re.compile(rb"[A-Za-z_]\w+")
# do_raw_##op##_trylock
CHAIN = re.compile(rb"\w+(?:\s*##\s*\w+)+")
NO_TYPES = (b"return", b"goto", b"else", b"do", b"case", b"sizeof")
TYPE_WORDS = (b"struct", b"union", b"enum", b"const", b"unsigned", b"static", b"volatile")


def may_be_pasted(tree: Tree, subject: Subject, census: Census) -> bool:
    """Whether a macro call in a file of a site is given the beginning or the end of the name.

    Then other uses than the words that are the name may be left behind. Nor is a
    name taken that is also a macro of the assembler, which is another thing.
    """
    name = subject.name.encode()
    assembler = re.compile(rb"^\s*\.macro\s+" + name + rb"\b", re.MULTILINE)
    if any(assembler.search(tree.read(path) or b"") for path in {s.path for s in subject.sites}):
        return True
    for path in sorted({site.path for site in subject.sites if is_c(site.path)}):
        source = tree.read(path) or b""
        pattern = INNER_CALL if subject.kind in VALUE_KINDS else OUTER_CALL
        given = [call[1] for call in pattern.finditer(source)]
        given += [call[2] for call in ANY_CALL.finditer(source) if _pastes(call, census)]
        for word in (word for each in given for word in WORD.findall(STRING.sub(b"", each))):
            if name.startswith((word + b"_", word.rstrip(b"_") + b"_")):
                return True
            if name.endswith((b"_" + word, b"_" + word.lstrip(b"_"))):
                return True
    return False


def _pastes(call: re.Match[bytes], census: Census) -> bool:
    called = call[1].decode()
    return called in census.macros and any(
        census.pastes(called, position) for position in range(call[2].count(b",") + 1)
    )


def pasted_between(census: Census) -> re.Pattern[str]:
    """Names that a macro's body puts together between two pieces: do_raw_##op##_trylock."""
    patterns = set()
    for macro in (each for known in census.macros.values() for each in known):
        for chain in CHAIN.findall(macro.body):
            pieces = [piece.strip().decode("latin-1") for piece in chain.split(b"##")]
            fixed = [piece not in macro.parameters for piece in pieces]
            if fixed[0] and fixed[-1] and not all(fixed):
                both = zip(pieces, fixed, strict=True)
                patterns.add("".join(piece if whole else r"\w+" for piece, whole in both))
    return re.compile("|".join(sorted(patterns)) or r"(?!)")


def is_local_of_a_macro(tree: Tree, reader: Kinds, subject: Subject) -> bool:
    """Whether a macro's body declares a variable of the name: ktime_t __timeout;"""
    return any(
        _declares(reader.lexed(site.path, tree.read(site.path) or b""), site)
        for site in subject.sites
        if site.kind == "#define body"
    )


def is_static(tree: Tree, subject: Subject) -> bool:
    """Whether one file has the function for itself: what assembly names is another then."""
    return any(
        b"static" in (tree.read(site.path) or b"")[: site.start].rpartition(b"}")[2]
        for site in subject.sites
        if site.kind == "definition" and site.path.endswith((".c", ".h"))
    )


def _declares(file: Lexed, site: Site) -> bool:
    index = next(i for i, token in enumerate(file.tokens) if token.start == site.start)
    before = index - 1
    while file.text(before) == b"*":
        before -= 1
    typed = WORD.fullmatch(file.text(before)) and file.text(before) not in NO_TYPES
    opens = file.text(before - 1) in (b";", b"{", b"}", *TYPE_WORDS)
    return bool(typed and opens) and file.text(index + 1) in (b";", b"=", b"[", b",")


def choose_pasted(
    tree: Tree, reader: Kinds, paths: list[str], seed: int, quota: int
) -> Iterator[Subject]:
    """Up to `quota` functions."""
    chance = random.Random(seed)
    paths = [path for path in paths if path.endswith(".c")]
    chance.shuffle(paths)
    count = 0
    for path in paths:
        source = tree.read(path) or b""
        calls = [match for match in CALL.finditer(source) if match[1].decode() in MADE]
        made = [(match, end) for match in calls for end in MADE[match[1].decode()]]
        if not made or count == quota:
            continue
        match, end = chance.choice(made)
        # __ATTR_RO(length) beside DEVICE_ATTR_RW(length) pastes the name too
        if len(re.findall(rb"\b[A-Z_]+\(%s\b" % match[2], source)) > 1:
            continue
        name = match[2].decode() + end
        sites = tuple(reader.sites(path, source, name))
        if [each.kind for each in sites].count("definition") != 1:
            continue
        line = source.count(b"\n", 0, match.start()) + 1
        count += 1
        yield Subject(name, PASTED, "rename", sites, (Site(path, line, match.start(), PASTED),))
