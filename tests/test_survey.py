"""Files that name a symbol, read in several processes: as one process reads them, one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpatch_tools.cache import Cache, no_cache
from kpatch_tools.cache.facts import FILE
from kpatch_tools.cache.store import Store
from kpatch_tools.condition import Atom, Condition
from kpatch_tools.csource import index_tree
from kpatch_tools.csource.pasting_macros import keep_pasting_macros
from kpatch_tools.domain import Index
from kpatch_tools.git import parts
from kpatch_tools.review import survey as surveying
from kpatch_tools.review.assistant import reader
from kpatch_tools.review.question import index_question
from kpatch_tools.review.survey import survey, survey_ahead
from kpatch_tools.tree import Identifiers, RevisionTree, open_tree
from tests.scratch_repository import ScratchRepository

NAMES = frozenset({"take_page", "page_count"})
USES = (
    b"int use_%d(void) { return take_page() + page_count; }\n",
    b"static struct ops o_%d = { .take = take_page };\n",
    b"/* %d: take_page() is for others */\n",
    b"MAKE_TAKER(page_%d)\n",
)


def condition(path: str) -> Condition:
    return Atom(f"CONFIG_{path.rpartition('/')[2].upper()}")


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[Cache], RevisionTree]:
    """A bare repository of some 40 files, opened anew with a cache."""
    scratch = ScratchRepository(tmp_path / "work")
    files = {
        f"{folder}/{number}.c": USES[number % 4] % number + b"/* more */\n" * number
        for folder in ("mm", "fs")
        for number in range(20)
    }
    files["include/page.h"] = (
        b"#define MAKE_TAKER(n) int take_##n(void);\nMAKE_TAKER(page)\nextern int page_count;\n"
    )
    scratch.commit("all", files)
    scratch.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))

    def anew(cache: Cache) -> RevisionTree:
        tree = open_tree(str(tmp_path / "bare"), cache)
        assert isinstance(tree, RevisionTree)
        return tree

    return anew


@pytest.fixture
def truth(opened: Callable[[Cache], RevisionTree]) -> Index:
    found = index_tree(opened(no_cache()), NAMES, condition)
    paths = {each.place.path for each in found.references}
    assert len(paths) == 31 and "pasted" in {each.kind for each in found.references}
    return found


def in_folder(folder: Path) -> Cache:
    return Cache(Store(folder / FILE))


def known_in(cache: Cache, tree: RevisionTree) -> list[str]:
    """The files that were read already."""
    asked = ((path, index_question(tree, path, NAMES)) for path in tree.paths())
    return [path for path, question in asked if cache.known(question, Index) is not None]


@pytest.mark.parametrize("many", [4, 64])
@pytest.mark.parametrize("kept", [False, True])
def test_two_processes_read_as_one(
    opened: Callable[[Cache], RevisionTree],
    truth: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    many: int,
    kept: bool,
) -> None:
    monkeypatch.setattr(surveying, "MANY", many)
    cache = in_folder(tmp_path) if kept else no_cache()
    tree = opened(cache)
    if kept:
        keep_pasting_macros(tree)

    assert survey((tree, NAMES), condition, cache, 1) == truth
    assert survey((opened(no_cache()), NAMES), condition, no_cache(), 2) == truth
    again = in_folder(tmp_path / "again") if kept else no_cache()
    assert survey((opened(again), NAMES), condition, again, 2) == truth


@pytest.mark.parametrize("loaded", [0, 300, 1 << 30])
def test_an_assistant_reads_a_part(
    opened: Callable[[Cache], RevisionTree],
    truth: Index,
    monkeypatch: pytest.MonkeyPatch,
    loaded: int,
) -> None:
    monkeypatch.setattr(surveying, "LOADED", loaded)
    with reader(2) as assistant:
        assert assistant is not None
        # the copy has it; what it does not do is done nowhere
        monkeypatch.setattr(assistant, "_work", None)
        if loaded == 1 << 30:
            monkeypatch.setattr(surveying, "_index", None)
        found = survey((opened(no_cache()), NAMES), condition, no_cache(), 2, assistant)
    assert found == truth


def test_a_dismissed_assistant_reads_nothing(
    opened: Callable[[Cache], RevisionTree], truth: Index
) -> None:
    with reader(2) as assistant:
        assert assistant is not None
        assistant.dismiss()
        assert not assistant.waits
        found = survey((opened(no_cache()), NAMES), condition, no_cache(), 2, assistant)
    assert found == truth


def test_one_process_has_no_assistant() -> None:
    with reader(1) as assistant:
        assert assistant is None


def test_an_assistant_for_nothing_is_dismissed(opened: Callable[[Cache], RevisionTree]) -> None:
    with reader(2) as assistant:
        found = survey(
            (opened(no_cache()), frozenset({"absent"})), condition, no_cache(), 2, assistant
        )
    assert found == Index()


def test_what_git_finds_first_is_read_meanwhile(
    opened: Callable[[Cache], RevisionTree],
    truth: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "FEW", 1)
    monkeypatch.setattr(parts, "LEAST", 5)
    monkeypatch.setattr(parts, "workers", lambda: 2)
    monkeypatch.setattr("kpatch_tools.git.repository.workers", lambda: 2)
    # as with a git that takes long
    monkeypatch.setattr(RevisionTree, "searching", True)
    cache = in_folder(tmp_path)
    tree = opened(cache)
    tree.expect(NAMES)

    survey_ahead((tree, NAMES), condition, cache)

    assert known_in(cache, tree) == list(opened(no_cache()).naming(NAMES))
    monkeypatch.setattr(surveying, "_index", None)
    assert survey((tree, NAMES), condition, cache, 2) == truth


def test_nothing_is_read_once_git_has_looked_through_all(
    opened: Callable[[Cache], RevisionTree], truth: Index, tmp_path: Path
) -> None:
    cache = in_folder(tmp_path)
    tree = opened(cache)
    tree.expect(NAMES)
    tree.naming(NAMES)
    survey_ahead((tree, NAMES), condition, cache)
    assert known_in(cache, tree) == []
    assert survey((tree, NAMES), condition, cache, 2) == truth


def test_an_indexed_tree_is_read_as_another(
    opened: Callable[[Cache], RevisionTree], truth: Index, tmp_path: Path
) -> None:
    cache = in_folder(tmp_path)
    tree = opened(cache)
    Identifiers(tree.tree, cache).build(tree.repository, lambda _: None)
    keep_pasting_macros(tree)
    with reader(2) as assistant:
        assert survey((opened(cache), NAMES), condition, cache, 2, assistant) == truth
