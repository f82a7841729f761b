"""Turns single paths of a tree object into files, as long as few are asked for."""

from collections.abc import Iterable

from kpatch_tools.git import Object, Repository

# After so many it costs less to list all of a kernel.
MOST = 1500


class Lookup:
    """Files of a tree object that git is asked for by name."""

    def __init__(self, repository: Repository, tree: str) -> None:
        self._repository = repository
        self._tree = tree
        self._files: dict[str, Object | None] = {}
        self._folders: dict[str, dict[str, bool] | None] = {}

    def answers(self, path: str) -> bool:
        """Whether git can be asked for it, in one line, and few were asked."""
        plain = "\n" not in path and not {"", ".", ".."}.intersection(path.split("/"))
        return plain and len(self._files) <= MOST

    def file(self, path: str) -> Object | None:
        """The file; None where there is none, or its object is not to be had."""
        if path not in self._files:
            self._files[path] = self._repository.file(self._tree, path)
        return self._files[path]

    def learn(self, paths: Iterable[str]) -> None:
        """Ask for several files at once; `file` knows them then."""
        asked = [path for path in paths if path not in self._files and self.answers(path)]
        self._files.update(self._repository.files(self._tree, asked))

    def lacks(self, path: str) -> bool:
        """Whether there is no such file for sure: its folder is at hand and has no such name."""
        folder, _, name = path.rpartition("/")
        names = self._names(folder)
        if names is None:
            return folder != "" and self.lacks(folder)
        return name not in names

    def within(self, folder: str) -> tuple[str, ...]:
        """The files right in a folder below the top, sorted."""
        names = self._names(folder) or {}
        return tuple(sorted(f"{folder}/{name}" for name, is_file in names.items() if is_file))

    def _names(self, folder: str) -> dict[str, bool] | None:
        if folder not in self._folders:
            self._folders[folder] = self._repository.folder(self._tree, folder)
        return self._folders[folder]
