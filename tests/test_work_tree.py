"""A revision searched with the help of the work tree names what git names without it."""

from pathlib import Path

import pytest

from kpatch_tools.domain import TreeFile
from kpatch_tools.tree import open_tree
from tests.scratch_repository import ScratchRepository

WORDS = frozenset({"take_page", "virtio-ring"})
FILES = {
    "mm/page.c": b"int take_page(void);\n",
    "mm/ring.txt": b"see virtio-ring\n",
    "mm/other.c": b"int take_pages(void);\n",
}


def staged(folder: Path) -> ScratchRepository:
    repository = ScratchRepository(folder)
    repository.commit("all", FILES)
    return repository


def clean(repository: ScratchRepository) -> None:
    """Nothing differs."""


def changed(repository: ScratchRepository) -> None:
    repository.write({"mm/page.c": b"int other;\n", "mm/other.c": b"int take_page;\n"})


def changed_in_the_index(repository: ScratchRepository) -> None:
    changed(repository)
    repository.git("add", "--all")


def removed_and_added(repository: ScratchRepository) -> None:
    repository.write({"mm/page.c": None, "new.c": b"take_page\n"})
    repository.git("add", "--intent-to-add", "new.c")


def not_checked_out(repository: ScratchRepository) -> None:
    repository.git("update-index", "--skip-worktree", "mm/page.c")
    repository.write({"mm/page.c": None})


def assumed_unchanged(repository: ScratchRepository) -> None:
    repository.git("update-index", "--assume-unchanged", "mm/page.c")
    repository.write({"mm/page.c": b"int other;\n"})


def replaced_by_a_link(repository: ScratchRepository) -> None:
    repository.write({"mm/page.c": None, "elsewhere": b"int take_page(void);\n"})
    (repository.folder / "mm/page.c").symlink_to("../elsewhere")


def rewritten_by_a_filter(repository: ScratchRepository) -> None:
    repository.git("config", "filter.hide.smudge", "sed s/take/hide/")
    repository.git("config", "filter.hide.clean", "sed s/hide/take/")
    repository.write({".gitattributes": b"*.c filter=hide\n", "mm/page.c": None})
    repository.git("checkout", "mm/page.c")


def later_commits(repository: ScratchRepository) -> None:
    repository.git("tag", "v1")
    repository.commit("later", {"mm/page.c": b"int gone;\n", "late.c": b"take_page\n"})


def much_of_it_changed(repository: ScratchRepository) -> None:
    """More files than are read beside the work tree."""
    files = {f"drivers/{number}.c": b"int take_page(void);\n" for number in range(1300)}
    repository.commit("drivers", files)
    repository.git("tag", "v1")
    changed = dict.fromkeys(sorted(files)[:600], b"int other;\n")
    repository.commit("other drivers", changed | {"late.c": b"take_page\n"})


@pytest.mark.parametrize(
    "disturbed",
    [
        clean,
        changed,
        changed_in_the_index,
        removed_and_added,
        not_checked_out,
        assumed_unchanged,
        replaced_by_a_link,
        rewritten_by_a_filter,
        later_commits,
        much_of_it_changed,
    ],
)
def test_names_are_found_as_committed(tmp_path: Path, disturbed: object) -> None:
    repository = staged(tmp_path)
    assert callable(disturbed)
    disturbed(repository)
    revision = "v1" if disturbed in (later_commits, much_of_it_changed) else "HEAD"
    arguments = ("grep", "-lwF", "-e", "take_page", "-e", "virtio-ring", revision)
    said = repository.git(*arguments).decode().splitlines()

    tree = open_tree(f"{tmp_path}@{revision}")

    assert [f"{revision}:{path}" for path in tree.naming(WORDS)] == said
    assert {path: tree.read(path) for path in FILES} == FILES
    arguments = ("grep", "-nF", "-e", "take_page", revision)
    numbered = repository.git(*arguments).splitlines(keepends=True)
    plain = sorted(b"%s\0%s" % tuple(each.split(b":", 3)[1::2]) for each in numbered)
    assert sorted(tree.lines("take_page").splitlines(keepends=True)) == plain


def test_an_overlay_names_words_with_a_hyphen(tmp_path: Path) -> None:
    staged(tmp_path)
    tree = open_tree(str(tmp_path))
    content = tree.read("mm/ring.txt")
    assert content is not None

    overlay = tree.with_files({"copy.txt": _regular(content), "mm/page.c": None})

    assert overlay.naming(WORDS) == ("copy.txt", "mm/ring.txt")


def _regular(content: bytes) -> TreeFile:
    return TreeFile(content, 0o100644)
