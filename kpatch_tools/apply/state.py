"""The files of a tree while one patch is applied to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kpatch_tools.domain import FileDiff, Tree, TreeFile


@dataclass(frozen=True, slots=True)
class State:
    """The tree before the patch, what its diffs wrote so far, and what they will take away.

    A second diff of one path sees the result of the first; renames and
    copies read the tree before the patch, whatever their order (git's
    `previous_patch`). `leaving` are the paths that some diff of the patch
    removes or renames: another may create them anew.
    """

    before: Tree
    written: Mapping[str, TreeFile | None]
    leaving: frozenset[str]

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

    def changed(self, diff: FileDiff, after: TreeFile | None) -> "State":
        """The state with the diff's result. What another diff wrote stays when a path is left."""
        written = dict(self.written)
        if diff.new_path is None and diff.old_path is not None:
            written[diff.old_path] = None
        elif diff.old_path is not None and not diff.copied and diff.old_path != diff.new_path:
            written.setdefault(diff.old_path, None)
        if diff.new_path is not None:
            written[diff.new_path] = after
        return replace(self, written=written)

    def tree(self) -> Tree:
        return self.before.with_files(self.written) if self.written else self.before
