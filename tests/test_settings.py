"""Settings from four places; git's own word on its configuration files."""

import os
from pathlib import Path

import pytest

from tests.scratch_repository import ScratchRepository
from tests.terminal import Terminal


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScratchRepository:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith("KPT_")]:
        monkeypatch.delenv(name)
    made = ScratchRepository(tmp_path / "linux")
    made.commit("base", {"mm/a.c": b"int a;\n"})
    monkeypatch.chdir(made.folder)
    return made


def row(terminal: Terminal, key: str, *options: str) -> tuple[str, str]:
    """Value and source as `kpt config` shows them."""
    code, told, error = terminal.kpt("config", *options)
    assert (code, error) == (0, "")
    (line,) = [line for line in told.splitlines() if line.startswith(f"{key} ")]
    fields = [field for field in line.partition("#")[0].split("  ") if field.strip()]
    return fields[1].strip(), fields[2].strip()


def test_each_place_wins_over_those_before_it(
    repository: ScratchRepository, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [row(terminal, "kpt.failOn")]
    repository.commit("settings", {".kpt-config": b"[kpt]\n\tfailOn = warning\n"})
    seen.append(row(terminal, "kpt.failOn"))
    repository.git("config", "kpt.failon", "never")
    seen.append(row(terminal, "kpt.failOn"))
    monkeypatch.setenv("KPT_FAIL_ON", "error")
    seen.append(row(terminal, "kpt.failOn"))
    assert seen == [
        ("error", "default"),
        ("warning", ".kpt-config of .@HEAD"),
        ("never", f"file:{repository.folder}/.git/config"),
        ("error", "KPT_FAIL_ON"),
    ]


def exit_code_of_a_warning(terminal: Terminal, *options: str) -> int:
    """Of a patch whose stub is stale: a warning, and nothing worse."""
    return terminal.kpt("verify", "HEAD~1..", "--tree", ".", "--model", "off", *options)[0]


def test_an_option_wins_over_all(
    repository: ScratchRepository, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = b"static inline int a(int x)\n{\n\treturn 0;\n}\n"
    twins = b"#ifdef CONFIG_A\nint a(int x);\n#else\n" + stub + b"#endif\n"
    repository.commit(
        "twins",
        {
            "Kconfig": b'config A\n\tbool "a"\n',
            "Makefile": b"obj-$(CONFIG_A) += mm/a.o\n",
            "mm/a.h": twins,
            "mm/a.c": b'#include "a.h"\nint a(int x)\n{\n\treturn x;\n}\n',
        },
    )
    repository.commit(
        "a takes a long",
        {
            "mm/a.h": twins.replace(b"int a(int x);", b"int a(long x);"),
            "mm/a.c": b'#include "a.h"\nint a(long x)\n{\n\treturn x;\n}\n',
        },
    )
    told = terminal.kpt("verify", "HEAD~1..", "--model", "off", "--format", "terse")[1]
    assert (": warning: " in told, ": error: " in told) == (True, False)
    plain = exit_code_of_a_warning(terminal)
    monkeypatch.setenv("KPT_FAIL_ON", "warning")
    assert (plain != 1, exit_code_of_a_warning(terminal)) == (True, 1)
    assert exit_code_of_a_warning(terminal, "--fail-on", "error") == plain


def test_the_base_tree_sets_few_keys_and_never_weakens(
    repository: ScratchRepository, terminal: Terminal
) -> None:
    text = b"""[kpt]
\tfailOn = never
\tmodel = ./scenario
\tmigration = off
\tformat = html=/tmp/x
\ttrustTrailers = true
\tnonsense = 1
[include]
\tpath = /etc/passwd
"""
    repository.commit("settings", {".kpt-config": text})
    _, told, _ = terminal.kpt("config")
    assert row(terminal, "kpt.migration") == ("off", ".kpt-config of .@HEAD")
    ignored = [line for line in told.splitlines() if line.startswith("ignored: ")]
    assert ignored == [
        "ignored: kpt.failOn = never: a tree may not set it so",
        "ignored: kpt.model = ./scenario: a tree may not set it so",
        "ignored: kpt.format = html=/tmp/x: a tree may not set it so",
        "ignored: kpt.trustTrailers = true: a tree may not set it so",
        "ignored: kpt.nonsense: there is no such setting",
        "ignored: include.path: there is no such setting",
    ]
    for key in ("failOn", "model", "format", "trustTrailers"):
        assert row(terminal, f"kpt.{key}")[1] == "default"


def test_a_broken_file_in_the_base_tree_is_said_and_stops_nothing(
    repository: ScratchRepository, terminal: Terminal
) -> None:
    repository.commit("settings", {".kpt-config": b"[kpt\nfailOn"})
    repository.commit("b", {"mm/b.c": b"int b;\n"})
    code, told, error = terminal.kpt("verify", "HEAD~1..")
    assert (code, error) == (0, "")
    assert "is no git configuration" in " ".join(told.split())


def test_several_values_are_those_of_the_last_place(
    repository: ScratchRepository, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("config", "kpt.format", "terse")
    repository.git("config", "--add", "kpt.format", "json=out.json")
    (Path.home() / ".gitconfig").write_text("[kpt]\n\tformat = mail\n")
    assert row(terminal, "kpt.format")[0] == "terse json=out.json"
    repository.commit("b", {"mm/b.c": b"int b;\n"})
    _, told, _ = terminal.kpt("verify", "HEAD~1..", "--model", "off")
    assert told.startswith("verdict: ")
    assert (repository.folder / "out.json").exists()
    monkeypatch.setenv("KPT_FORMAT", "text")
    assert row(terminal, "kpt.format") == ("text", "KPT_FORMAT")


def test_git_gives_a_value_for_one_command(
    repository: ScratchRepository, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git -c kpt.model=off push` hands it to a hook."""
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'kpt.model'='off'")
    assert row(terminal, "kpt.model") == ("off", "command line:")


@pytest.mark.parametrize(
    ("set_it", "said"),
    [("KPT_FAIL_ON", "KPT_FAIL_ON is 'x': not one of"), ("kpt.hook.strict", "kpt.hook.strict in")],
)
def test_a_value_that_makes_no_sense_is_an_error_that_says_where(
    set_it: str,
    said: str,
    repository: ScratchRepository,
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if set_it.startswith("KPT"):
        monkeypatch.setenv(set_it, "x")
    else:
        repository.git("config", set_it, "x")
    code, told, error = terminal.kpt("config")
    assert (code, told, said in error) == (2, "", True)


def test_one_key_alone_and_one_that_is_none(
    repository: ScratchRepository, terminal: Terminal
) -> None:
    repository.git("config", "kpt.also", "next")
    repository.git("config", "--add", "kpt.also", "stable")
    assert terminal.kpt("config", "kpt.also")[:2] == (0, "next\nstable\n")
    code, _, error = terminal.kpt("config", "failom")
    assert (code, "did you mean kpt.failOn?" in error) == (2, True)


def test_what_is_set_for_nothing_is_said(
    repository: ScratchRepository, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("config", "kpt.faillOn", "error")
    monkeypatch.setenv("KPT_FAILON", "error")
    _, told, _ = terminal.kpt("config")
    assert (
        f"ignored: kpt.faillon (file:{repository.folder}/.git/config): there is no such setting\n"
        in told
    )
    assert "ignored: KPT_FAILON (environment): there is no such setting\n" in told
