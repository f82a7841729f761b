"""The gate to GitPython and the git program: repositories, trees, blobs, commits, searches."""

from typing import TYPE_CHECKING

from kpatch_tools.lazily import names_of

if TYPE_CHECKING:
    from kpatch_tools.git.aligning import PatchChange, SeriesVersion, aligned
    from kpatch_tools.git.committing import Author, Committing, new_commits, refuse_branch
    from kpatch_tools.git.configuring import ConfigEntry, configured, listed
    from kpatch_tools.git.entries import Entries, Entry, entries_of
    from kpatch_tools.git.history import Changed, changes
    from kpatch_tools.git.merging import merge_file
    from kpatch_tools.git.naming_patches import patch_ids
    from kpatch_tools.git.objects import Object
    from kpatch_tools.git.opening import open_repository, surrounding_repository
    from kpatch_tools.git.repository import Repository
    from kpatch_tools.git.searching import directory_holding, directory_lines, directory_naming
    from kpatch_tools.git.showing import Commit, commits_of, patch_texts
    from kpatch_tools.git.surroundings import hooks_folder, is_shallow_at, is_tracked, remote_urls
    from kpatch_tools.git.work_tree import WorkTree
else:
    __getattr__ = names_of(
        __name__,
        "repository",
        "entries",
        "opening",
        "searching",
        "history",
        "configuring",
        "showing",
        "surroundings",
        "merging",
        "committing",
        "naming_patches",
        "aligning",
    )

__all__ = [
    "Author",
    "Changed",
    "Commit",
    "Committing",
    "ConfigEntry",
    "Entries",
    "Entry",
    "Object",
    "PatchChange",
    "Repository",
    "SeriesVersion",
    "WorkTree",
    "aligned",
    "changes",
    "commits_of",
    "configured",
    "directory_holding",
    "directory_lines",
    "directory_naming",
    "entries_of",
    "hooks_folder",
    "is_shallow_at",
    "is_tracked",
    "listed",
    "merge_file",
    "new_commits",
    "open_repository",
    "patch_ids",
    "patch_texts",
    "refuse_branch",
    "remote_urls",
    "surrounding_repository",
]
