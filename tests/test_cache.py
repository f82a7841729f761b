"""The cache forgets rather than lies, and never stops a run."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from kpatch_tools.cache.facts import FILE, Cache, cache_at_hand, no_cache
from kpatch_tools.cache.store import Store
from kpatch_tools.cache.values import NotAFactError, decoded, encoded
from kpatch_tools.condition import Atom, Condition, all_of, any_of, negate
from kpatch_tools.domain import Index, Place, Reference, Signature, Skipped, Symbol
from kpatch_tools.kbuild import configuration_of
from kpatch_tools.kbuild.foldered import keep_conditions
from kpatch_tools.kbuild.remembered import Folder, folder_question
from kpatch_tools.review.declared import Declared, packed
from kpatch_tools.tree import identity, open_tree
from tests.scratch_repository import ScratchRepository

WHEN = any_of(all_of(Atom("CONFIG_A"), negate(Atom("CONFIG_B"))), Atom("HZ > 100"))
SYMBOL = Symbol(
    "take_page", "function", Signature("int", ("struct page *",)), Place("mm/a.c", 3), WHEN
)
INDEX = Index(
    (SYMBOL,),
    (Reference("take_page", "call", Place("mm/caf\udce9.c", 9), "f", WHEN, 1),),
    (Skipped(Place("mm/a.c", 1), "odd", "take_page"),),
)


@dataclass(frozen=True, slots=True)
class Mixed:
    number: int | None
    words: frozenset[bytes]
    pair: tuple[bool, Literal["a", "b"]]
    by_name: dict[str, tuple[Place, ...]]


MIXED = Mixed(None, frozenset((b"a\xff", b"b")), (True, "a"), {"x": (Place("p", 1),)})


@pytest.mark.parametrize(
    ("value", "shape"), [(INDEX, Index), (MIXED, Mixed), (WHEN, Condition), (None, str | None)]
)
def test_a_value_comes_back_as_it_was(value: object, shape: object) -> None:
    assert decoded(encoded(value, shape), shape) == value


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (b"", Place),
        (b"{}", Place),
        (b'["p"]', Place),
        (b'["p","1"]', Place),
        (b'["p",true]', Place),
        (b'["p",1,2]', Place),
        (b'["Popen",[["sh"]]]', Condition),
        (b'["Atom",[["Atom",["x"]]]]', Condition),
        (b'[null,[],[true,"c"],{}]', Mixed),
        (b"[" * 100_000, tuple[str, ...]),
        (b'["\\u1234"]', frozenset[bytes]),
    ],
)
def test_what_is_no_value_of_the_type_is_refused(text: bytes, shape: object) -> None:
    with pytest.raises(NotAFactError):
        decoded(text, shape)


def asked(cache: Cache, answer: str) -> str:
    """What the cache says to one question, where `answer` would be worked out now."""
    found = cache.recall(("question", "blob"), str, lambda: answer)
    cache.close()
    return found


def test_an_answer_is_worked_out_once(tmp_path: Path) -> None:
    first = asked(Cache(Store(tmp_path / FILE)), "first")
    second = asked(Cache(Store(tmp_path / FILE)), "second")
    assert (first, second) == ("first", "first")


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_replaced_with_a_warning(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    cache = Cache(Store(tmp_path / FILE))
    assert asked(cache, "first") == "first"
    assert cache.complaints == (f"cache {tmp_path / FILE} is damaged: a new one takes its place",)
    assert asked(Cache(Store(tmp_path / FILE)), "second") == "first"


def test_pages_damaged_in_the_middle_are_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path / FILE)
    for number in range(200):
        store.keep(b"%016d" % number, os.urandom(2000))
    store.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[8192:] = b"\x55" * (len(content) - 8192)
    (tmp_path / FILE).write_bytes(content)
    cache = Cache(Store(tmp_path / FILE))
    assert asked(cache, "first") == "first"
    assert len(cache.complaints) == 1


def test_the_database_of_another_program_is_replaced_with_a_warning(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    cache = Cache(Store(tmp_path / FILE))
    assert asked(cache, "first") == "first"
    assert cache.complaints == (f"cache {tmp_path / FILE} is not kpt's: a new one takes its place",)
    assert asked(Cache(Store(tmp_path / FILE)), "second") == "first"


def test_a_file_deleted_while_in_use_is_gone_without(tmp_path: Path) -> None:
    cache = Cache(Store(tmp_path / FILE))
    cache.recall(("before",), str, lambda: "kept")
    cache.close()
    cache.recall(("during",), str, lambda: "lost")
    for path in tmp_path.iterdir():
        path.unlink()
    assert asked(cache, "first") == "first"
    assert cache.complaints == ()
    assert asked(Cache(Store(tmp_path / FILE)), "second") in {"first", "second"}


def test_a_lock_that_cannot_be_had_stops_nothing(tmp_path: Path) -> None:
    asked(Cache(Store(tmp_path / FILE)), "first")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache = Cache(Store(tmp_path / FILE))
    assert cache.recall(("question", "other"), str, lambda: "now") == "now"
    cache.close()
    other.close()
    assert cache.complaints == ()
    assert asked(Cache(Store(tmp_path / FILE)), "second") == "first"


@pytest.mark.parametrize("place", ["/proc/kpt", "/dev/null/kpt"])
def test_where_nothing_can_be_written_nothing_is_kept(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPT_CACHE", place)
    assert asked(cache_at_hand(), "first") == "first"
    assert asked(cache_at_hand(), "second") == "second"


def test_off_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("KPT_CACHE", "off")
    assert not cache_at_hand().kept
    assert asked(cache_at_hand(), "first") == "first"
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_under_the_cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asked(cache_at_hand(), "first")
    assert (tmp_path / "kpt" / FILE).exists()


def test_facts_of_another_kpt_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(Cache(Store(tmp_path / FILE)), "first")
    monkeypatch.setattr("kpatch_tools.cache.facts.version", lambda: "another")
    assert asked(Cache(Store(tmp_path / FILE)), "second") == "second"


def test_the_oldest_facts_go_when_the_file_is_full(tmp_path: Path) -> None:
    for name in (b"old", b"new"):
        store = Store(tmp_path / FILE, most_bytes=100_000)
        store.keep(name, os.urandom(90_000))
        store.close()
        for number in range(3):
            store.keep(name + b"%d" % number, os.urandom(3_000))
        store.close()
    store = Store(tmp_path / FILE)
    assert store.find(b"old") is None
    assert store.find(b"new2") is not None


def test_symbols_are_read_by_name_and_again_where_their_lines_are_damaged() -> None:
    other = Symbol("LIMIT", "macro", None, Place("mm/a.c", 9), WHEN, text="7")
    lines = packed((SYMBOL, other))
    assert lines is not None
    kept = Declared(lines, lambda: ())
    assert (kept.named("LIMIT"), kept.named("absent")) == ((other,), ())
    assert kept.every() == (SYMBOL, other)
    damaged = Declared(lines.replace(b"macro", b"micro"), lambda: (SYMBOL, other))
    assert damaged.named("LIMIT") == (other,)
    assert damaged.named("take_page") == (SYMBOL,)


def test_the_condition_of_a_file_is_the_same_with_a_cache(tmp_path: Path) -> None:
    files = {
        "Makefile": b"obj-y += lib/\n",
        "lib/Makefile": b"obj-$(CONFIG_A) += core.o\n",
        "lib/core.c": b"int start(void);\n",
    }
    ScratchRepository(tmp_path).commit("all", files)
    cache = Cache(Store(tmp_path / "kept" / FILE))

    found = [
        configuration_of(open_tree(str(tmp_path), each), each).file_condition("lib/core.c")
        for each in (no_cache(), cache, cache)
    ]

    assert found == [any_of(Atom("CONFIG_A"), Atom("CONFIG_A_MODULE"))] * 3


def test_an_index_keeps_what_makefiles_say(tmp_path: Path) -> None:
    files = {
        "Makefile": b"obj-y += lib/ $(shell ls)/\n",
        "lib/Makefile": b"obj-$(CONFIG_A) += core.o\nobj-y += $(shell ls)\n",
        "lib/core.c": b'#include "part.c"\n',
        "lib/part.c": b"int part(void);\n",
        "lib/core.h": b"int start(void);\n",
        "arch/b/Makefile": b"core-y += arch/b/lib/\n",
        "arch/b/Kconfig": b"config B\n",
        "arch/b/lib/Makefile": b"obj-y += own.o\n",
        "arch/b/lib/own.c": b"int own(void);\n",
        "arch/b/own.h": b"int own(void);\n",
    }
    ScratchRepository(tmp_path).commit("all", files)
    cache = Cache(Store(tmp_path / "kept" / FILE))
    sources = sorted(path for path in files if path.endswith((".c", ".h")))

    def told(known: Cache) -> tuple[list[Condition], tuple[Skipped, ...]]:
        configuration = configuration_of(open_tree(str(tmp_path), known), known)
        return [configuration.file_condition(path) for path in sources], configuration.skipped

    unindexed = told(no_cache())
    tree = open_tree(str(tmp_path), cache)
    keep_conditions(tree, identity(tree) or "", cache)
    kept = cache.known(folder_question("lib", identity(tree) or ""), Folder)

    assert kept is not None
    assert list(kept[0].conditions) == ["core.c"]
    assert told(cache) == unindexed
