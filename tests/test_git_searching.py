"""Which files git finds, whatever git can do and however it ends."""

from pathlib import Path

import pytest

from kpatch_tools.errors import KptError
from kpatch_tools.git import searching


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.h").write_bytes(b"int c;\n")
    (tmp_path / "b.h").write_bytes(b"int rare_name;\n")
    (tmp_path / "d.h").write_bytes(b"int rare_names, cc;\n")
    return tmp_path


def found(folder: Path, *words: str) -> tuple[str, ...]:
    return searching.directory_naming(folder, frozenset(words))


def test_words_are_found_one_and_several_at_once(folder: Path) -> None:
    many = [f"other_{n}" for n in range(100)]
    assert found(folder, "c") == ("a.h",)
    assert found(folder, "c", "rare_name") == ("a.h", "b.h")
    assert found(folder, "c", "rare_name", *many) == ("a.h", "b.h")


def test_a_word_that_begins_another_hides_neither(folder: Path) -> None:
    (folder / "e.h").write_bytes(b"f_g\n")
    (folder / "f.h").write_bytes(b"f\n")
    (folder / "g.h").write_bytes(b"f_gh, ff_g\n")
    assert found(folder, "f", "f_g") == ("e.h", "f.h")
    assert found(folder, "f_g", "f") == ("e.h", "f.h")


def lines_of(folder: Path, *texts: str) -> list[bytes]:
    """The lines, by searches of the plain directory."""
    where = ("--no-index", "--", ".")
    return sorted((searching.lines(("git",), folder, texts, *where) or b"").splitlines())


def test_lines_with_one_of_several_texts_are_those_of_each(folder: Path) -> None:
    (folder / "e.h").write_bytes(b"a.b\naxb\n$(x) ##c\n\xff [1]+ {2} \\d | c\nnothing\n")
    texts = ["a.b", "$(x)", "[1]+", "{2}", "\\d", "|", "c"]
    each = sorted({line for text in texts for line in lines_of(folder, text)})
    assert lines_of(folder, *texts) == each
    assert len(each) == 5


def fake_git(folder: Path, script: str) -> None:
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)


def test_a_git_without_perl_expressions_finds_the_same(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path_factory.mktemp("bin")
    refusal = "cannot use Perl-compatible regexes when not compiled with USE_LIBPCRE"
    fake_git(
        programs,
        f'case " $* " in *" -P "*) echo "fatal: {refusal}" >&2; exit 128;; esac\n'
        'PATH=${PATH#*:} exec git "$@"',
    )
    there = lines_of(folder, "int c", "rare")
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    assert found(folder, "c", "rare_name") == ("a.h", "b.h")
    assert lines_of(folder, "int c", "rare") == there
    assert len(there) == 3


def test_a_search_that_a_signal_ended_is_an_error_and_no_answer(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path_factory.mktemp("bin")
    fake_git(programs, "printf 'a.h\\0'; kill -KILL $$")
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    with pytest.raises(KptError, match="git grep failed"):
        found(folder, "c", "rare_name")


def test_a_frequent_letter_beside_rare_names_takes_no_quadratic_time(folder: Path) -> None:
    """`git grep -F` with both takes minutes here."""
    (folder / "large.h").write_bytes(b"#define a_c_mask 0x1\n" * 200_000)
    names = [f"rare_{n}" for n in range(10)]
    assert found(folder, "c", *names) == ("a.h",)
    assert len(lines_of(folder, "c_ma", "rare_1")) == 200_000
