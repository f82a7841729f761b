"""A revision with an index of its identifiers names the same files as git."""

import os
import time
from pathlib import Path

import pytest

from kpatch_tools.cache import Cache
from kpatch_tools.cache.facts import FILE
from kpatch_tools.cache.store import Store
from kpatch_tools.commands import indexing
from kpatch_tools.tree import Identifiers, RevisionTree, open_tree
from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal

FILES = {
    "mm/page.c": b"int take_page(void);\n#define PAGE(n) int take_##n(void);\n",
    "mm/same.c": b"int take_page(void);\n#define PAGE(n) int take_##n(void);\n",
    "mm/ring.txt": b"see virtio-ring and 8250_core\n",
    "mm/odd name.c": b"\xff\xfetake_page\0",
    "mm/other.c": b"int take_pages(void);\n",
}
WORDS = ("take_page", "virtio-ring", "8250_core", "virtio", "take_pages", "absent")


def quiet(stage: str) -> None:
    """A progress that nobody sees."""


def cache_in(folder: Path) -> Cache:
    return Cache(Store(folder / FILE))


def bare(folder: Path) -> tuple[ScratchRepository, str]:
    """A repository, and the `--tree` of its bare clone."""
    repository = ScratchRepository(folder / "work")
    repository.commit("all", FILES)
    (folder / "work/link.c").symlink_to("take_page")
    repository.commit("a link")
    repository.git("clone", "--quiet", "--bare", ".", str(folder / "bare"))
    return repository, str(folder / "bare")


def named(repository: ScratchRepository, word: str, revision: str = "HEAD") -> tuple[str, ...]:
    """What git says: exit status 1 where nothing has the word."""
    script = f"git grep -zlawF -e {word} {revision} || true"
    found = repository.git("-c", f"alias.ask=!{script}", "ask").decode().split("\0")[:-1]
    return tuple(path.partition(":")[2] for path in found)


@pytest.mark.parametrize("word", WORDS)
def test_indexed_words_are_those_of_git(tmp_path: Path, word: str) -> None:
    repository, spec = bare(tmp_path)
    cache = cache_in(tmp_path)
    indexing.index(spec, cache, quiet)
    tree = open_tree(spec, cache)
    assert isinstance(tree, RevisionTree)
    assert Identifiers(tree.tree, cache).complete
    assert tree.naming(frozenset({word})) == named(repository, word)


def test_a_later_revision_reads_new_contents_only(tmp_path: Path) -> None:
    repository, spec = bare(tmp_path)
    cache = cache_in(tmp_path)
    indexing.index(spec, cache, quiet)
    repository.commit("later", {"mm/new.c": b"take_page\n", "mm/page.c": None})
    repository.git("push", "--quiet", spec, "main")
    account = indexing.index(spec, cache, quiet).account
    assert account == f"{spec}@HEAD is indexed: 5 files, 1 contents read\n"
    tree = open_tree(spec, cache)
    assert tree.naming(frozenset({"take_page"})) == named(repository, "take_page")
    again = indexing.index(spec, cache, quiet).account
    assert again == f"{spec}@HEAD is indexed\n"


def test_an_index_with_a_hole_is_none(tmp_path: Path) -> None:
    repository, spec = bare(tmp_path)
    cache = cache_in(tmp_path)
    indexing.index(spec, cache, quiet)
    cache.close()
    store = Store(tmp_path / FILE)
    cache = Cache(store)
    tree = open_tree(spec, cache)
    found = Identifiers(tree.tree, cache)
    connection = store._connection()
    assert connection is not None
    connection.execute("DELETE FROM facts WHERE length(value) < 30")
    assert found.holding(frozenset({"take_page"})) is None
    assert tree.naming(frozenset({"take_page"})) == named(repository, "take_page")
    cache.close()


def test_kpt_index_says_what_it_did(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, spec = bare(tmp_path)
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "cache"))
    without = terminal.kpt("callers", "take_page", "--tree", spec)
    done = terminal.kpt("index", "--tree", spec)
    assert done == (0, f"{spec}@HEAD is indexed: 5 files, 4 contents read\n", "")
    assert terminal.kpt("callers", "take_page", "--tree", spec) == without
    monkeypatch.setenv("KPT_CACHE", "off")
    assert terminal.kpt("callers", "take_page", "--tree", spec) == without


def test_an_index_is_made_in_a_cache_that_is_not_there_yet(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, spec = bare(tmp_path)
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "fresh/cache"))
    done = terminal.kpt("index", "--tree", spec)
    assert done == (0, f"{spec}@HEAD is indexed: 5 files, 4 contents read\n", "")


def test_a_directory_is_not_indexed(tmp_path: Path, terminal: Terminal) -> None:
    code, _, said = terminal.kpt("index", "--tree", str(tmp_path))
    assert (code, said.splitlines()[0]) == (
        2,
        f"kpt: error: {tmp_path} is no revision of a repository",
    )


def behind(folder: Path, spec: str, terminal: Terminal) -> bool:
    """Whether an index stands some time after an answer that was given without."""
    assert terminal.kpt("callers", "take_page", "--tree", spec)[0] == 0
    cache = cache_in(folder / "cache")
    tree = open_tree(spec)
    assert isinstance(tree, RevisionTree)
    until = time.monotonic() + (60 if os.environ.get("KPT_INDEX") != "off" else 3)
    while time.monotonic() < until:
        if Identifiers(tree.tree, cache).complete:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("setting", ["auto", "off"])
def test_a_slow_search_has_an_index_made_behind_it(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    _, spec = bare(tmp_path)
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KPT_INDEX", setting)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("kpatch_tools.tree.seeking.LONG", -1.0)
    assert behind(tmp_path, spec, terminal) is (setting == "auto")


def test_a_build_robot_has_none_made(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, spec = bare(tmp_path)
    monkeypatch.setenv("KPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("kpatch_tools.tree.seeking.LONG", -1.0)
    started: list[object] = []
    monkeypatch.setattr("os.posix_spawn", lambda *given, **named: started.append(given))
    assert terminal.kpt("callers", "take_page", "--tree", spec)[0] == 0
    assert started == []
