"""Turns addresses of a model into functions, lines and variables, by binutils."""

import bisect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.domain import Place
from kpatch_tools.modelcheck.layout import Layout, layout_of
from kpatch_tools.modelcheck.sandbox import Limits, run_limited

# the programs of binutils that are run here
READERS = ("addr2line", "nm")
READING = Limits(seconds=60, megabytes=2048, descriptors=64)
# paths of code that is no part of the tree, by how much a trace wants it: a scenario's
# own code stands in for the tree's where there is none, primitives never do
PRIMITIVES = ("engine/", "shim/", "kpt:shim/")
SCENARIOS = ("kpt:",)

# ./mm/migrate.c:812 (discriminator 3)
LINE = re.compile(r"^(?:\./)?(?P<path>.*?):(?P<line>\d+|\?)(?: \(.*\))?$")
# 000000000040d030 0000000000000004 b counter
SYMBOL = re.compile(r"^(?P<address>[0-9a-f]+) (?P<size>[0-9a-f]+) \w (?P<name>\S+)$", re.M)


@dataclass(frozen=True, slots=True)
class Frame:
    function: str
    place: Place


@dataclass(frozen=True, slots=True)
class Variables:
    """Where the variables of a model lie: sorted starts, each with its end and its name."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    names: tuple[str, ...]
    layout: Layout

    def name_at(self, address: int) -> str:
        """`pages[1].lru.next`, or "" where no variable lies."""
        at = bisect.bisect_right(self.starts, address) - 1
        if at < 0 or address >= self.ends[at]:
            return ""
        start = self.starts[at]
        return self.names[at] + self.layout.member_at(start, address - start)

    def pointed_at(self, address: int) -> str:
        """What a pointer there points to: the whole of a variable, else as `name_at`."""
        at = bisect.bisect_left(self.starts, address)
        if at < len(self.starts) and self.starts[at] == address:
            return self.names[at]
        return self.name_at(address)


def _frame(function: str, line: str) -> Frame:
    match = LINE.match(line)
    if match is None or match["line"] in {"?", "0"}:
        return Frame(function, Place("", 0))
    return Frame(function, Place(match["path"], int(match["line"])))


def _blocks(printed: str) -> Iterable[tuple[int, tuple[Frame, ...]]]:
    """addr2line -a -f -i: an address, then a pair of lines for each (inlined) function."""
    for block in re.split(r"^0x", printed, flags=re.M)[1:]:
        lines = block.splitlines()
        pairs = zip(lines[1::2], lines[2::2], strict=False)
        yield int(lines[0], 16), tuple(_frame(function, line) for function, line in pairs)


def frames_of(binary: Path, returns: Iterable[int]) -> Mapping[int, tuple[Frame, ...]]:
    """For each return address the frames of its call, innermost (inlined) first."""
    addresses = sorted(set(returns))
    if not addresses:
        return {}
    # the call lies before the address to which it returns
    asked = tuple(f"{address - 1:#x}" for address in addresses)
    command = ("addr2line", "-a", "-f", "-i", "-e", binary.name, *asked)
    finished = run_limited(command, binary.parent, READING)
    return {address + 1: frames for address, frames in _blocks(finished.output.decode())}


def variables_of(binary: Path) -> Variables:
    """The variables of the model and the engine."""
    command = ("nm", "-n", "-S", "--defined-only", binary.name)
    printed = run_limited(command, binary.parent, READING).output.decode()
    rows = [
        (int(m["address"], 16), int(m["size"], 16), m["name"]) for m in SYMBOL.finditer(printed)
    ]
    return Variables(
        tuple(start for start, _, _ in rows),
        tuple(start + size for start, size, _ in rows),
        tuple(name for _, _, name in rows),
        layout_of(binary.read_bytes()),
    )


def outside(frames: Iterable[Frame]) -> Frame:
    """The innermost frame in the tree; else in the scenario; else an empty one."""
    theirs = [f for f in frames if f.place.path and not f.place.path.startswith(PRIMITIVES)]
    in_tree = (frame for frame in theirs if not frame.place.path.startswith(SCENARIOS))
    return next(in_tree, theirs[0] if theirs else Frame("", Place("", 0)))
