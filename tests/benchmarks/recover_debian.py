"""How much of real patches `recover` gives back, on Debian's patches to a kernel.

    python tests/benchmarks/recover_debian.py KERNEL [--half dev|held-out|all] [--show]
        [--only plain|moved|foreign]

KERNEL is a folder with `linux-6.1.170` (the original tree of Debian's source
package linux 6.1.170-3) and `debian` (its packaging: 160 and 67 patches).
Each patch is applied by GNU patch, diffed anew by git, folded as archives do,
read as archive text and recovered against the tree before it. A file counts
as proved where its blob id was met; each proved file is compared with what
GNU patch made, byte for byte. *first*: the first candidate was the right one.

Three times: *plain*; *moved*, where the files before and after have lines more
at their beginning, of which the hunks know nothing (ids are those of the moved
files); *foreign*, the same with the ids of the files without those lines: of
that tree the author had no result, nothing can be proved, and the share is of
those that are byte-exact nevertheless. A file whose first hunk must meet its
beginning cannot be moved, and is left out.

The halves are told by the first hex digit of the SHA-1 of a patch's path
(even: dev). The rules and weights of `recover` were made while looking at dev
alone; held-out was run when they were done. The queue of real-time patches
(patches-rt) has files of both.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

from folding import folded

from kpatch_tools.apply import apply_patch
from kpatch_tools.diff import parse_diffs, parse_folded_diffs
from kpatch_tools.domain import Blobs, FileDiff, Hunk, Line, Patch, Tree, TreeFile
from kpatch_tools.errors import KptError
from kpatch_tools.recover import recover_patch
from kpatch_tools.recover.kinds import kind_of
from kpatch_tools.tree import open_tree
from kpatch_tools.tree.blob import blob_id

ABBREVIATED = 12
QUEUES = ("patches", "patches-rt")
# what stands before a moved file
MORE = b"\n" * 7
# `--- a/mm/x.c`, `+++ b/mm/x.c	2023-01-01`, `rename from mm/x.c`
NAMED = re.compile(rb"^(?:--- \S+?/|\+\+\+ \S+?/|rename (?:from|to) )(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A patch as files before and after (None: absent), and its diff as git writes it."""

    name: str
    before: dict[str, bytes | None]
    after: dict[str, bytes | None]
    diff: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file's diff. `tried`: candidates until it was proved."""

    patch: str
    path: str
    change: str
    added: int
    proved: bool
    tried: int
    right: bool


def half_of(name: str) -> str:
    """`patches/bugfix/x.patch` -> dev or held-out."""
    return "held-out" if int(hashlib.sha1(name.encode()).hexdigest()[0], 16) % 2 else "dev"


def samples(kernel: Path) -> Iterator[Sample]:
    """Every patch that changes text, in the order in which they apply."""
    state: dict[str, bytes | None] = {}
    for queue in QUEUES:
        for line in (kernel / "debian" / queue / "series").read_text().splitlines():
            name = line.partition("#")[0].strip()
            if name:
                yield from _sample(kernel, f"{queue}/{name}", state)


def _sample(kernel: Path, name: str, state: dict[str, bytes | None]) -> Iterator[Sample]:
    patch = kernel / "debian" / name
    named = sorted({match.decode() for match in NAMED.findall(patch.read_bytes())} - {"null"})
    before = {path: _content(kernel / "linux-6.1.170", path, state) for path in named}
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        for side in ("a", "b"):
            (top / side).mkdir()
            _write(top / side, before)
        options = ["-p1", "-s", "-E", "-f", "--no-backup-if-mismatch", "-i", str(patch)]
        subprocess.run(["patch", *options], cwd=top / "b", check=True)
        after = {path: _read(top / "b" / path) for path in named}
        for path in named:
            if before[path] == after[path]:
                for side in ("a", "b"):
                    (top / side / path).unlink(missing_ok=True)
        command = ["git", "diff", "--no-index", "--no-color", "--no-prefix", "--no-renames"]
        command += [f"--abbrev={ABBREVIATED}", "a", "b"]
        diff = subprocess.run(command, cwd=top, capture_output=True)
    state.update(after)
    if diff.stdout:
        yield Sample(name, before, after, diff.stdout)


def _content(tree: Path, path: str, state: dict[str, bytes | None]) -> bytes | None:
    return state[path] if path in state else _read(tree / path)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(folder: Path, files: dict[str, bytes | None]) -> None:
    for path, content in files.items():
        if content is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


Diffs = tuple[FileDiff, ...]
Variant = Literal["plain", "moved", "foreign"]
VARIANTS: tuple[Variant, ...] = ("plain", "moved", "foreign")


def outcomes(sample: Sample, variant: Variant, empty: Tree) -> Iterator[Outcome]:
    """Fold, read, recover and compare one patch. `empty`: a Tree without files."""
    diffs = _read_folded(sample.diff)
    if variant != "plain":
        sample, diffs = moved(sample, diffs)
    if variant == "moved":
        diffs = tuple(_claiming(diff, sample) for diff in diffs)
    patch = Patch(1, sample.name, "", None, "", diffs, folded=True)
    files = {path: TreeFile(text) for path, text in sample.before.items() if text is not None}
    tree = empty.with_files(files)
    recovered = recover_patch(patch, tree)
    after = apply_patch(recovered.patch, tree, recovered.guessed).after
    tried = dict(recovered.tried)
    for diff in diffs:
        added = sum(line.sign == "+" for hunk in diff.hunks for line in hunk.lines)
        right = after.read(diff.path) == sample.after[diff.path]
        deleted = diff.new_path is None
        yield Outcome(
            sample.name,
            diff.path,
            "deleted" if deleted else "new" if diff.old_path is None else "modified",
            added,
            diff.path in recovered.proved or (deleted and right),
            tried.get(diff.path, 1),
            right,
        )


def moved(sample: Sample, diffs: Diffs) -> tuple[Sample, Diffs]:
    """The files that can be moved, with MORE before their first line."""
    movable = tuple(
        diff
        for diff in diffs
        if diff.old_path is not None and diff.old_path == diff.new_path
        if min(hunk.old_start for hunk in diff.hunks) > 1
    )
    before = {diff.path: MORE + (sample.before[diff.path] or b"") for diff in movable}
    after = {diff.path: MORE + (sample.after[diff.path] or b"") for diff in movable}
    return Sample(sample.name, {**before}, {**after}, sample.diff), movable


def _claiming(diff: FileDiff, sample: Sample) -> FileDiff:
    """The diff with the ids of the sample's files."""
    sides = (sample.before[diff.path], sample.after[diff.path])
    before, after = (None if text is None else blob_id(text)[:ABBREVIATED] for text in sides)
    return replace(diff, blobs=Blobs(before, after))


def _read_folded(diff: bytes) -> tuple[FileDiff, ...]:
    """The diffs as read from archive text; where that cannot be read, signs are taken from git.

    Lines of text that begin with a sign defeat the reader in a few patches;
    what is measured here is what becomes of the lines.
    """
    try:
        return parse_folded_diffs(folded(diff))
    except KptError:
        return tuple(
            replace(d, hunks=tuple(replace(h, lines=_folded_lines(h)) for h in d.hunks))
            for d in parse_diffs(diff)
        )


def _folded_lines(hunk: Hunk) -> tuple[Line, ...]:
    lines = []
    for line in hunk.lines:
        sign = b"" if line.sign == " " else line.sign.encode()
        lines.append(replace(line, text=folded(sign + line.text).removeprefix(sign)))
    return tuple(lines)


def measure(kernel: Path, half: str, variant: Variant = "plain") -> list[Outcome]:
    """The outcomes of a half: dev, held-out or all."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        empty = open_tree(folder)
        for sample in samples(kernel):
            if half in ("all", half_of(sample.name)):
                found.extend(outcomes(sample, variant, empty))
    return found


def share(found: Sequence[Outcome]) -> float:
    return sum(o.proved for o in found) / len(found) if found else 1.0


def row(title: str, found: Sequence[Outcome]) -> str:
    proved = sum(o.proved for o in found)
    first = sum(o.proved and o.tried == 1 for o in found)
    count = max(1, len(found))
    return (
        f"{title:24} {proved:4}/{len(found):4} {100 * proved / count:5.1f}% proved"
        f"   {first:4} {100 * first / count:5.1f}% first"
    )


def table(found: Sequence[Outcome]) -> Iterator[str]:
    modified = [o for o in found if o.change == "modified"]
    yield row("modified", modified)
    yield row("  with added lines", [o for o in modified if o.added])
    for title, key in (("queue", _queue), ("half", lambda o: half_of(o.patch))):
        for name in sorted({key(o) for o in modified}):
            yield row(f"  {title} {name}", [o for o in modified if key(o) == name])
    unseen = [o for o in modified if half_of(o.patch) == "held-out"]
    yield row("  held-out of patches-rt", [o for o in unseen if _queue(o) == "patches-rt"])
    groups: list[tuple[Callable[[Outcome], str], Sequence[Outcome]]] = [
        (lambda o: f"  {o.change} {kind_of(o.path)}", found),
        (lambda o: f"  modified, {_size(o.added)} added", [o for o in modified if o.added]),
    ]
    for key, rows in groups:
        for title in sorted({key(o) for o in rows}):
            yield row(title, [o for o in rows if key(o) == title])
    patches = sorted({o.patch for o in found})
    whole = sum(all(o.proved for o in found if o.patch == patch) for patch in patches)
    yield f"whole patches            {whole:4}/{len(patches):4}"
    yield f"wrong proofs             {sum(o.proved and not o.right for o in found):4}"


def _queue(outcome: Outcome) -> str:
    return outcome.patch.partition("/")[0]


def exact(found: Sequence[Outcome]) -> Iterator[str]:
    """Of files where nothing can be proved: what was called proved, and what is byte-exact."""
    proved, right = sum(o.proved for o in found), sum(o.right for o in found)
    share_of_all = 100 * right / max(1, len(found))
    yield f"modified                 {right:4}/{len(found):4} {share_of_all:5.1f}% exact"
    yield f"called proved            {proved:4}"


def _size(added: int) -> str:
    first = 1 << (added.bit_length() - 1)
    return f"{first:2} to {2 * first - 1:2}" if added < 64 else "64 or more"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kernel", type=Path)
    parser.add_argument("--half", choices=("dev", "held-out", "all"), default="all")
    parser.add_argument("--show", action="store_true", help="name the files not proved")
    parser.add_argument("--only", choices=VARIANTS)
    options = parser.parse_args()
    for tool in ("patch", "git"):
        if shutil.which(tool) is None:
            parser.error(f"{tool} is not installed")
    for variant in [options.only] if options.only else VARIANTS:
        started = time.monotonic()
        found = measure(options.kernel, options.half, variant)
        print(f"== {variant}")
        for line in exact(found) if variant == "foreign" else table(found):
            print(line)
        print(f"{time.monotonic() - started:.1f} s, {sum(o.tried for o in found)} candidates")
        for outcome in found if options.show and variant != "foreign" else ():
            if not outcome.proved:
                print(f"not proved: {outcome.patch} {outcome.path} ({outcome.added} added)")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
