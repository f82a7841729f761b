"""Trees of every kind show what git and the file system show, and touch nothing."""

import os
import pickle
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from kpatch_tools.domain import Tree, TreeFile
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.tree import DirectoryTree, OverlayTree, RevisionTree, open_tree, seeking
from kpatch_tools.tree.words import shared_parts
from tests.scratch_repository import ScratchRepository

FILES = {
    "Makefile": b"obj-y += mm/\n",
    "empty": b"",
    "mm/migrate.c": b"int migrate_pages(void);\n",
    "mm/no newline": b"migrate_pages_sync",
    "mm/caf\u00e9.h": b"#define other\n",
    "scripts/run": b"#!/bin/sh\nexec migrate_pages\n",
}
MODES = {path: 0o100755 if path == "scripts/run" else 0o100644 for path in FILES}


def write_files(folder: Path) -> None:
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        (folder / path).chmod(MODES[path] & 0o777)


def repository_with_files(folder: Path) -> ScratchRepository:
    repository = ScratchRepository(folder)
    write_files(folder)
    repository.commit("all")
    return repository


def plain_directory(folder: Path) -> Tree:
    write_files(folder)
    return open_tree(str(folder))


def directory_in_a_repository(folder: Path) -> Tree:
    ScratchRepository(folder)
    write_files(folder / "inner")
    return open_tree(str(folder / "inner"))


def head_of_a_repository(folder: Path) -> Tree:
    repository_with_files(folder)
    return open_tree(str(folder))


def named_revision(folder: Path) -> Tree:
    repository = repository_with_files(folder)
    repository.git("tag", "v1")
    repository.commit("later", {"later.c": b"migrate_pages\n", "empty": None})
    return open_tree(f"{folder}@v1")


def folder_of_a_revision(folder: Path) -> Tree:
    repository = ScratchRepository(folder)
    write_files(folder / "inner")
    repository.commit("all", {"outer.c": b"migrate_pages\n"})
    return open_tree(f"{folder}/inner@HEAD")


def bare_repository(folder: Path) -> Tree:
    repository = repository_with_files(folder / "full")
    repository.git("clone", "--quiet", "--bare", ".", "../bare.git")
    return open_tree(str(folder / "bare.git"))


def linked_work_tree(folder: Path) -> Tree:
    repository = repository_with_files(folder / "main")
    repository.git("worktree", "add", "--quiet", "--detach", "../linked", "HEAD")
    return open_tree(str(folder / "linked"))


def overlay_on_a_directory(folder: Path) -> Tree:
    (folder / "mm").mkdir(parents=True)
    (folder / "gone.c").write_bytes(b"migrate_pages\n")
    (folder / "mm" / "migrate.c").write_bytes(b"other text, no word\n")
    files = {path: TreeFile(content, MODES[path]) for path, content in FILES.items()}
    return open_tree(str(folder)).with_files({**files, "gone.c": None})


def overlay_on_an_overlay(folder: Path) -> Tree:
    repository = repository_with_files(folder)
    repository.commit("changed", {"empty": b"migrate_pages\n", "extra": b""})
    once = open_tree(str(folder)).with_files({"empty": TreeFile(b""), "new": TreeFile(b"x")})
    return once.with_files({"extra": None, "new": None})


EVERY_KIND = [
    plain_directory,
    directory_in_a_repository,
    head_of_a_repository,
    named_revision,
    folder_of_a_revision,
    bare_repository,
    linked_work_tree,
    overlay_on_a_directory,
    overlay_on_an_overlay,
]


@pytest.fixture(params=EVERY_KIND, ids=lambda kind: kind.__name__)
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    kind: Callable[[Path], Tree] = request.param
    return kind(tmp_path / "kernel")


def test_files_are_those_written(tree: Tree) -> None:
    actual = {path: (tree.read(path), tree.mode(path)) for path in tree.paths()}

    assert actual == {path: (FILES[path], MODES[path]) for path in sorted(FILES)}


def test_blob_ids_are_those_of_git(tree: Tree, tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path / "elsewhere")

    for path, content in FILES.items():
        expected = repository.git("hash-object", "--stdin", stdin=content).decode().strip()
        assert tree.blob_id(path) == expected


def test_an_absent_path_is_absent(tree: Tree) -> None:
    for path in ("nothing", "mm", "mm/", "", "/etc/passwd", "../kernel/empty", "mm/../empty"):
        assert (tree.read(path), tree.mode(path), tree.blob_id(path)) == (None, None, None)


def test_naming_takes_whole_words_only(tree: Tree) -> None:
    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")
    assert tree.naming(frozenset({"other", "exec"})) == ("mm/caf\u00e9.h", "scripts/run")
    assert tree.naming(frozenset({"migrate"})) == ()
    assert tree.naming(frozenset()) == ()


def test_within_lists_the_files_of_one_folder(tree: Tree) -> None:
    assert tree.within("mm") == ("mm/caf\u00e9.h", "mm/migrate.c", "mm/no newline")
    assert tree.within("") == ("Makefile", "empty")
    assert tree.within("nothing") == ()
    assert tree.within("empty") == ()


def test_words_that_were_expected_are_found_as_without(tree: Tree) -> None:
    words = frozenset({"migrate_pages", "migrate_pages_async"})
    if isinstance(tree, RevisionTree):
        tree.expect(words)
        pickle.dumps(tree)

    assert tree.naming(words) == ("mm/migrate.c", "scripts/run")
    assert tree.naming(frozenset({"migrate_pages_sync"})) == ("mm/no newline",)


def test_holding_takes_any_text(tree: Tree) -> None:
    assert tree.holding("igrate_pag") == tree.naming(
        frozenset({"migrate_pages", "migrate_pages_sync"})
    )
    assert tree.holding("no such text ##") == ()


def test_beside_takes_a_word_on_a_line_of_the_text(tree: Tree) -> None:
    assert tree.beside("int", "migrate_pages") == ("mm/migrate.c",)
    assert tree.beside("migrate", "void") == ("mm/migrate.c",)
    assert tree.beside("bin", "migrate_pages") == ()
    assert tree.beside("define", "other") == ("mm/caf\u00e9.h",)
    assert tree.beside("migrate", "migrate") == ()
    assert tree.beside("ec migrate", "exec") == ("scripts/run",)


def test_naming_of_many_words_takes_none_of_them_as_a_pattern(tree: Tree) -> None:
    many = frozenset(
        {"migrat.*", "m[i]grate_pages", "(", "a|b", "\\w+"} | {f"x{n}" for n in range(20)}
    )
    assert tree.naming(many) == ()
    assert tree.naming(many | {"migrate_pages"}) == ("mm/migrate.c", "scripts/run")


def test_naming_of_many_words_is_that_of_each(tree: Tree) -> None:
    many = frozenset({f"absent_{n}" for n in range(40)} | {"other", "migrate_pages_sync"})

    assert tree.naming(many) == ("mm/caf\u00e9.h", "mm/no newline")


def test_a_pickled_tree_reads_the_same(tree: Tree) -> None:
    again: Tree = pickle.loads(pickle.dumps(tree))

    assert [again.read(path) for path in again.paths()] == [FILES[path] for path in sorted(FILES)]


def test_an_overlay_has_no_overlay_below(tmp_path: Path) -> None:
    tree: Tree = plain_directory(tmp_path)
    for number in range(5):
        tree = tree.with_files({f"new{number}": TreeFile(b"")})

    assert isinstance(tree, OverlayTree)
    assert isinstance(tree.base, DirectoryTree)


def test_with_files_leaves_the_tree_alone(tmp_path: Path) -> None:
    before = plain_directory(tmp_path).with_files({"empty": TreeFile(b"1")})

    after = before.with_files({"empty": None, "Makefile": TreeFile(b"2")})

    assert (before.read("empty"), before.read("Makefile")) == (b"1", FILES["Makefile"])
    assert (after.read("empty"), after.read("Makefile")) == (None, b"2")


def test_a_dirty_work_tree_is_not_seen(tmp_path: Path) -> None:
    repository = repository_with_files(tmp_path)
    repository.write({"empty": b"dirty migrate_pages\n", "untracked.c": b"migrate_pages\n"})

    tree = open_tree(str(tmp_path))

    assert tree.read("empty") == b""
    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")


def test_reading_leaves_repository_and_work_tree_as_they_are(tmp_path: Path) -> None:
    repository_with_files(tmp_path)
    os.utime(tmp_path / "Makefile", (0, 0))  # the index is stale: git status would rewrite it
    before = snapshot(tmp_path)

    tree = open_tree(f"{tmp_path}@main")
    tree.naming(frozenset({"migrate_pages"}))
    tree.with_files({"empty": TreeFile(b"new")}).read("Makefile")

    assert snapshot(tmp_path) == before


def snapshot(folder: Path) -> dict[str, tuple[bytes, float]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_symlinks_hold_their_target_and_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.c").write_bytes(b"int secret;\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file").symlink_to("../outside/secret.c")
    (inside / "folder").symlink_to("../outside")

    tree = open_tree(str(inside))

    assert tree.paths() == ("file", "folder")
    assert (tree.read("file"), tree.mode("file")) == (b"../outside/secret.c", 0o120000)
    assert tree.read("folder/secret.c") is None
    assert tree.naming(frozenset({"secret"})) == ()


def test_an_expected_word_is_not_found_in_a_dirty_work_tree(tmp_path: Path) -> None:
    repository = repository_with_files(tmp_path)
    repository.write({"empty": b"dirty migrate_pages\n", "mm/migrate.c": b""})

    tree = open_tree(str(tmp_path))
    tree.expect(frozenset({"migrate_pages"}))

    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")
    assert tree.lines("##") == b""


def test_a_word_of_too_many_lines_is_found_by_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository_with_files(tmp_path)
    monkeypatch.setattr(seeking, "MOST_LINES", 20)

    tree = open_tree(str(tmp_path))

    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")


def test_a_file_whose_blob_is_missing_is_not_taken_for_absent(tmp_path: Path) -> None:
    repository = repository_with_files(tmp_path)
    blob = repository.git("rev-parse", "HEAD:mm/migrate.c").decode().strip()
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (tmp_path / "mm" / "migrate.c").unlink()

    with pytest.raises(KptError, match=f"cannot give object {blob}"):
        open_tree(str(tmp_path)).read("mm/migrate.c")


def test_submodules_and_folders_are_no_files_of_a_folder(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path)
    repository.commit("first", {"mm/a.c": b"", "mm/sub/b.c": b""})
    commit = repository.git("rev-parse", "HEAD").decode().strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},mm/module")
    repository.git("commit", "-m", "module")

    tree = open_tree(f"{tmp_path}@HEAD")

    assert tree.within("mm") == ("mm/a.c",)
    assert (tree.read("mm/module"), tree.read("mm/sub")) == (None, None)


def test_words_with_a_long_part_in_common_are_looked_for_by_it() -> None:
    words = frozenset({"balloon_page_isolate", "balloon_page_putback", "putback_movable_pages"})

    assert shared_parts(words) == ("balloon_page_", "putback_movable_pages")
    assert shared_parts(frozenset({"list_add", "list_del"})) == ("list_add", "list_del")


def test_symlinks_of_a_revision_and_an_overlay_name_nothing(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path)
    (tmp_path / "link").symlink_to("secret")
    repository.commit("link")
    tree = open_tree(str(tmp_path))
    over = tree.with_files({"second": TreeFile(b"secret", 0o120000)})

    assert (tree.read("link"), tree.mode("link")) == (b"secret", 0o120000)
    assert over.naming(frozenset({"secret"})) == ()


def test_pipes_and_git_folders_are_no_files(tmp_path: Path) -> None:
    write_files(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "mm" / ".git").mkdir()
    (tmp_path / "mm" / ".git" / "config").write_bytes(b"migrate_pages\n")

    tree = open_tree(str(tmp_path))

    assert tree.paths() == tuple(sorted(FILES))
    assert (tree.read("pipe"), tree.read("mm/.git/config")) == (None, None)
    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")


def test_a_submodule_is_no_file(tmp_path: Path) -> None:
    repository = repository_with_files(tmp_path)
    commit = repository.git("rev-parse", "HEAD").decode().strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    repository.git("commit", "--quiet", "--message=submodule")

    assert open_tree(str(tmp_path)).paths() == tuple(sorted(FILES))


def test_variables_of_a_running_hook_do_not_redirect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository_with_files(tmp_path / "one")
    other = ScratchRepository(tmp_path / "other")
    other.commit("other", {"other.c": b"migrate_pages\n"})
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git" / "index"))

    tree = open_tree(str(tmp_path / "one"))

    assert tree.read("mm/migrate.c") == FILES["mm/migrate.c"]
    assert tree.naming(frozenset({"migrate_pages"})) == ("mm/migrate.c", "scripts/run")


def test_a_forked_child_and_its_parent_read_apart(tmp_path: Path) -> None:
    tree = head_of_a_repository(tmp_path)
    assert tree.read("Makefile") == FILES["Makefile"]

    with get_context("fork").Pool(2) as pool:
        answers = pool.map(tree.read, sorted(FILES) * 20)

    assert answers == [FILES[path] for path in sorted(FILES)] * 20
    assert tree.read("mm/migrate.c") == FILES["mm/migrate.c"]


def test_labels_are_what_the_user_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository_with_files(tmp_path / "linux")
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path)

    labels = [open_tree(spec).label for spec in ("linux", "linux@main", "plain", "linux/mm")]

    assert labels == ["linux@HEAD", "linux@main", "plain", "linux/mm"]


def test_a_path_may_hold_the_sign_that_splits(tmp_path: Path) -> None:
    repository = repository_with_files(tmp_path / "me@home")
    repository.commit("two", {"two": b""})

    tree = open_tree(f"{tmp_path}/me@home@HEAD@{{0}}")

    assert isinstance(tree, RevisionTree)
    assert tree.read("two") == b""


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("absent", "no such directory: absent"),
        ("absent@HEAD", "no such directory: absent@HEAD"),
        ("linux/Makefile", "not a directory: linux/Makefile"),
        ("linux@no-such-branch", "{here}/linux has no revision 'no-such-branch'"),
        ("linux@--all", "{here}/linux has no revision '--all'"),
        ("linux@HEAD:Makefile", "{here}/linux has no revision 'HEAD:Makefile'"),
        ("linux/new@HEAD", "{here}/linux has no folder 'new' in revision 'HEAD'"),
        ("plain@HEAD", "not a git repository: plain"),
        ("unborn", "{here}/unborn has no revision 'HEAD'"),
    ],
)
def test_no_such_tree(
    spec: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository_with_files(tmp_path / "linux")
    (tmp_path / "linux" / "new").mkdir()
    (tmp_path / "plain").mkdir()
    ScratchRepository(tmp_path / "unborn")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(KptError) as raised:
        open_tree(spec)

    assert raised.value.message == message.format(here=tmp_path)
    assert raised.value.exit_code == Exit.USAGE


def test_a_word_is_found_again_among_the_files_of_an_earlier_search(tree: Tree) -> None:
    tree.naming(frozenset({"migrate_pages", "migrate_pages_sync", "other"}))

    assert tree.naming(frozenset({"migrate_pages_sync"})) == ("mm/no newline",)
    assert tree.naming(frozenset({"other", "migrate_pages"})) == (
        "mm/caf\u00e9.h",
        "mm/migrate.c",
        "scripts/run",
    )
