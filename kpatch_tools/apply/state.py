"""The files of a tree while one patch is applied to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kpatch_tools.domain import FileDiff, Tree, TreeFile


@dataclass(slots=True)
class State:
    """The tree before the patch, what its diffs wrote so far, and what they will take away.

    A second diff of one path sees the result of the first; renames and
    copies read the tree before the patch, whatever their order (git's
    `previous_patch`). `leaving` are the paths that some diff of the patch
    removes or renames: another may create them anew. `grown`: bytes that
    copies and deltas made, which a few lines can make without end.
    """

    before: Tree
    written: dict[str, TreeFile | None]
    leaving: frozenset[str]
    grown: int = 0

    @staticmethod
    def at(tree: Tree, diffs: Iterable[FileDiff]) -> "State":
        leaving = frozenset(
            diff.old_path
            for diff in diffs
            if diff.old_path and not diff.copied and diff.old_path != diff.new_path
        )
        return State(tree, {}, leaving)

    def file(self, path: str) -> TreeFile | None:
        """The file as the diffs so far left it."""
        return self.written[path] if path in self.written else self.original(path)

    def mode(self, path: str) -> int | None:
        """The mode of the file as the diffs so far left it; None where it is absent."""
        if path not in self.written:
            return self.before.mode(path)
        file = self.written[path]
        return None if file is None else file.mode

    def original(self, path: str) -> TreeFile | None:
        """The file as it was before the patch."""
        content, mode = self.before.read(path), self.before.mode(path)
        return None if content is None or mode is None else TreeFile(content, mode)

    def source(self, diff: FileDiff) -> TreeFile | None:
        """What the diff starts from; None where its old side is absent."""
        if diff.old_path is None:
            return None
        moved = diff.new_path is not None and diff.old_path != diff.new_path
        return self.original(diff.old_path) if moved else self.file(diff.old_path)

    def record(self, diff: FileDiff, after: TreeFile | None) -> None:
        """Take the diff's result in. What another diff wrote stays when a path is left."""
        written = self.written
        if diff.new_path is None and diff.old_path is not None:
            written[diff.old_path] = None
        elif diff.old_path is not None and not diff.copied and diff.old_path != diff.new_path:
            written.setdefault(diff.old_path, None)
        if diff.new_path is not None:
            written[diff.new_path] = after
        delta = diff.content is not None and diff.content.method == "delta"
        if after is not None and (delta or (diff.copied and diff.hunks)):
            self.grown += len(after.content)

    def tree(self) -> Tree:
        return self.before.with_files(self.written) if self.written else self.before
