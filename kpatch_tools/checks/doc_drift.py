"""Documentation or kernel-doc that no longer says what the code is.

What it finds
    Documentation and kernel-doc that name a function, type or macro of which
    the series leaves nothing, a CONFIG_ symbol that no Kconfig file defines
    any more, or a file that is gone; a pattern of MAINTAINERS that no file
    matches any more; a kernel-doc `@name:` line of a parameter or member that
    the series removed or renamed, and a parameter without a line in a block
    that described all of them before.

Why it matters
    A reader looks for what is not there, and `make htmldocs` warns.

Example
    /**
     * item_start() - put an item to work
     * @item: the item
     * @mode: how              the series removed the parameter
     */
    int item_start(struct item *item);

What it does not see
    Whether what is said is still true; plain comments, which are of
    stale-reference; parameters of macros; blocks that did not fit before; of
    what was one file's own, words without an underscore where no parenthesis
    follows, or that thousands of files have.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._kconfig_symbols import KCONFIG, configured, kconfigs_naming
from kpatch_tools.checks._kernel_doc import Block, blocks
from kpatch_tools.checks._mentions import mentions
from kpatch_tools.checks._named_paths import named_paths
from kpatch_tools.checks._own_elsewhere import own_in_documents
from kpatch_tools.checks._uses import BESIDE, touched_paths
from kpatch_tools.domain import Case, Finding, Place, Review, Snapshot

SEVERITY = "note"


def check(case: Case) -> Iterator[Finding]:
    """Notes about each snapshot that the base does not deserve."""
    yield from mentions(case, "doc-drift")
    review = case.review
    for snapshot in review.snapshots[1:]:
        for path in sorted(touched_paths(review)):
            if path.endswith((".c", ".h")) and not path.startswith(BESIDE):
                yield from _parameters(path, review.snapshots[0], snapshot)
        yield from _members(review, snapshot)
        yield from _symbols(review, snapshot)
    for snapshot, place, name, path in named_paths(review) if review.snapshots else ():
        text = f"this names {name}, and no file is called so any more"
        yield _finding(place, text, _word(path), snapshot, path)
    for snapshot, place, name in own_in_documents(review) if review.snapshots else ():
        text = f"this names {name}, which the series has removed"
        yield _finding(place, text, name, snapshot, "documentation")


def _word(path: str) -> str:
    return re.sub(r"\W", "_", path.rpartition("/")[2].partition(".")[0])


def _parameters(path: str, base: Snapshot, snapshot: Snapshot) -> Iterator[Finding]:
    """Blocks of functions that fitted in the base and do not now."""
    old, new = base.tree.read(path) or b"", snapshot.tree.read(path) or b""
    if old == new or not old:
        return
    before = {block.name: block for block in blocks(old) if block.parameters is not None}
    for block in blocks(new):
        was = before.get(block.name)
        if was is None or was.parameters is None or block.parameters is None:
            continue
        for name, line in block.named:
            gone = name in was.parameters and name not in block.parameters
            if gone:
                text = f"kernel-doc of {block.name} names @{name}, which is no parameter of it"
                yield _finding(Place(path, line), text, block.name, snapshot, name)
        if _is_whole(was):
            missing = [n for n in block.parameters if n not in {name for name, _ in block.named}]
            for name in missing:
                text = f"kernel-doc of {block.name} has no line for its parameter {name}"
                yield _finding(Place(path, block.first + 1), text, block.name, snapshot, name)


def _is_whole(block: Block) -> bool:
    return block.parameters is not None and set(block.parameters) <= {n for n, _ in block.named}


def _members(review: Review, snapshot: Snapshot) -> Iterator[Finding]:
    """`@name:` lines of members that the series removed or renamed."""
    numbers = [each.number for each in review.snapshots]
    until = numbers[: numbers.index(snapshot.number) + 1]
    gone = {
        (change.before.place.path, change.before.owner, change.before.name)
        for change in review.changes
        if change.kind in {"removed", "renamed"}
        and change.patch in until
        and change.before is not None
        and change.before.kind in {"member", "enumerator"}
        and change.before.owner
    }
    for path in sorted({path for path, _, _ in gone}):
        source = snapshot.tree.read(path) or b""
        for block in blocks(source):
            for name, line in block.named if block.kind else ():
                if (path, block.name, name) in gone and not _declares(source, block, name):
                    text = f"kernel-doc of {block.kind} {block.name} names @{name}, which is gone"
                    yield _finding(Place(path, line), text, block.name, snapshot, name)


def _declares(source: bytes, block: Block, name: str) -> bool:
    """Whether the text up to the end of what the block describes still has the name."""
    rest = b"\n".join(source.split(b"\n")[block.last :])
    body = rest[: rest.find(b"\n}") + 1 or len(rest)]
    return re.search(rb"\b" + name.encode() + rb"\b", body) is not None


def _symbols(review: Review, snapshot: Snapshot) -> Iterator[Finding]:
    """Documentation that names CONFIG_ symbols which the series removed from Kconfig."""
    base = review.snapshots[0].tree
    paths = [path for path in sorted(touched_paths(review)) if KCONFIG.match(path)]
    gone = configured(paths, base) - configured(paths, snapshot.tree)
    left = gone - configured(kconfigs_naming(gone, snapshot.tree), snapshot.tree)
    words = frozenset(f"CONFIG_{name}" for name in left)
    for path in snapshot.tree.naming(words) if words else ():
        if not path.startswith("Documentation/"):
            continue
        for line, text in enumerate((snapshot.tree.read(path) or b"").split(b"\n"), 1):
            for word in sorted(words):
                if re.search(rb"\b" + word.encode() + rb"\b", text):
                    said = f"this names {word}, which no Kconfig file defines any more"
                    yield _finding(Place(path, line), said, word, snapshot, "")


def _finding(place: Place, text: str, symbol: str, snapshot: Snapshot, subject: str) -> Finding:
    return Finding(
        rule="doc-drift",
        severity="note",
        evidence="found",
        patch=snapshot.number,
        place=place,
        message=text,
        symbol=symbol,
        suggestion="say there what the code is now",
        subject=subject,
    )
