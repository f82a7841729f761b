"""Chooses, of what a fuzzer found, few small inputs that go every way through the code.

    python tests/benchmarks/fuzz_corpus.py CORPUS FOLDER

A way is a step from one line to the next within a function of kpatch_tools
(libFuzzer's -merge starts its own program again, which atheris is not). The
input with the most new ways for its size comes next, until there is none; that
ROUNDS times. FOLDER gets at most MOST_FILES and MOST_BYTES. Files are named by
what came of them and their digest; fixtures/fuzz is such a folder.
"""

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from kpatch_tools.errors import KptError  # noqa: E402 - found through the path above
from tests.fuzzed import tried, written  # noqa: E402

# every way is gone by so many inputs, where so many go it
ROUNDS = 3
MOST_FILES, MOST_BYTES = 300, 300_000
OURS = str(ROOT / "kpatch_tools")
Way = tuple[str, int, int]


def ways(data: bytes, tree: str) -> tuple[frozenset[Way], str]:
    """The ways that an input goes, and whether it is read or refused."""
    found: set[Way] = set()

    def follow(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if event != "call" or not name.startswith(OURS):
            return None
        last = 0

        def line(inner: FrameType, event: str, _: Any) -> Callable[..., Any]:
            nonlocal last
            if event == "line":
                found.add((name, last, inner.f_lineno))
                last = inner.f_lineno
            return line

        return line

    sys.settrace(follow)
    try:
        outcome = tried(data, tree)
    finally:
        sys.settrace(None)
    return frozenset(found), "refused" if isinstance(outcome, KptError) else "read"


def cover(
    inputs: Sequence[bytes], reached: Mapping[bytes, tuple[frozenset[Way], str]]
) -> list[bytes]:
    """Inputs that together go every way that all of them go."""
    known: set[Way] = set()
    chosen: list[bytes] = []
    while True:
        gains = ((len(reached[data][0] - known) / (200 + len(data)), data) for data in inputs)
        gain, data = max(gains, key=lambda pair: pair[0])
        if not gain:
            return chosen
        known |= reached[data][0]
        chosen.append(data)


def main() -> None:
    corpus, folder = map(Path, sys.argv[1:])
    inputs = sorted({path.read_bytes() for path in corpus.iterdir()}, key=lambda d: (len(d), d))
    with TemporaryDirectory() as place:
        tree = written(Path(place))
        tried(b"", tree)
        reached = {data: ways(data, tree) for data in inputs}
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[bytes] = []
    for _ in range(ROUNDS):
        kept += cover([data for data in inputs if data not in kept], reached)
    for number, data in enumerate(kept[:MOST_FILES]):
        if sum(map(len, kept[: number + 1])) <= MOST_BYTES:
            name = f"{reached[data][1]}-{hashlib.sha256(data).hexdigest()[:12]}"
            (folder / name).write_bytes(data)
    everything = {way for found, _ in reached.values() for way in found}
    print(f"{len(inputs)} inputs go {len(everything)} ways")
    print(f"{len(kept)} of them are kept, {sum(map(len, kept))} bytes")


if __name__ == "__main__":
    main()
