"""kpt's words completed by a real bash and a real zsh; and how mistyped ones are met."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Terminal

from kpatch_tools import catalogue, checks, migrations, modelcheck, plugins, reports
from kpatch_tools.cli.completing import KINDS, plug_ins

ZSH = shutil.which("zsh")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose `bin` has a kpt, as an installed one has."""
    made = tmp_path_factory.mktemp("shell")
    program = made / "bin" / "kpt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kpatch_tools.cli "$@"\n')
    program.chmod(0o755)
    (made / "series.mbox").write_text("")
    (made / "trees").mkdir()
    return made


def environment(folder: Path) -> dict[str, str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    root = str(Path(__file__).parent.parent)
    return {**os.environ, "PATH": path, "HOME": str(folder), "PYTHONPATH": root}


# bash's own completion: COMP_WORDS set as readline sets it, then the function it was given
BASH = """
eval "$(kpt completion bash)"
complete -p kpt >/dev/null || exit 9
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_kpt_completion kpt "${@: -1}" 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


def bash(folder: Path, *words: str) -> list[str]:
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.split("\n") if line]


CASES = {
    "a command": (("kpt", "ver"), ["verify"]),
    "several": (("kpt", "c"), ["callers", "completion", "config"]),
    "an option": (("kpt", "verify", "--form"), ["--format"]),
    "a format": (("kpt", "verify", "--format", "j"), ["json", "junit"]),
    "a rule": (("kpt", "explain", "stale-s"), ["stale-signature", "stale-stub"]),
    "a topic": (("kpt", "explain", "exit"), ["exit-codes"]),
    "a scenario": (("kpt", "model", "balloon-p"), ["balloon-probe-remove"]),
    "the model": (("kpt", "verify", "--model", "of"), ["off"]),
    "a migration": (("kpt", "verify", "--migration", "ball"), ["balloon"]),
    "a subcommand": (("kpt", "hook", "inst"), ["install"]),
    "a shell": (("kpt", "completion", "z"), ["zsh"]),
}


@pytest.mark.parametrize("case", CASES)
def test_bash_completes(case: str, folder: Path) -> None:
    words, expected = CASES[case]
    assert bash(folder, *words) == expected


@pytest.mark.skipif(ZSH is None, reason="zsh is not there")
@pytest.mark.parametrize("case", CASES)
def test_zsh_completes(case: str, folder: Path) -> None:
    """In zsh, `compadd` and `_describe` stand in for the menu and print what it would show."""
    words, expected = CASES[case]
    script = """
    autoload -U compinit && compinit -u -D
    eval "$(kpt completion zsh)"
    [[ ${_comps[kpt]} == _kpt_completion ]] || exit 9
    compadd() { local last=${@[-1]}; print -l -- ${(P)last} }
    _describe() { local each; for each in ${(P)3}; do print -r -- ${each%%:*}; done }
    words=("$@") CURRENT=$#
    _kpt_completion
    """
    done = subprocess.run(
        [str(ZSH), "-f", "-c", script, "zsh", *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, sorted(set(done.stdout.split()))) == (0, expected), done.stderr


def test_the_names_that_are_offered_are_those_that_kpt_has() -> None:
    """They come from names of files, for speed; each kind against what is loaded."""
    known = {
        "checks": {*checks.rules()},
        "inputs": {*plugins.modules("kpatch_tools.inputs")},
        "reports": {*reports.formats()},
        "scenarios": {each.name for each in modelcheck.scenarios()},
        "migrations": {each.name for each in migrations.load_migrations()},
        "topics": {*catalogue.catalogue()["topics"]},
    }
    assert {kind: {*plug_ins(folder)} for kind, folder in KINDS.items()} == known


def test_completing_loads_no_reader_of_c_and_no_solver(folder: Path) -> None:
    """What makes a command slow to start is not loaded for a name."""
    code = (
        "import sys, json\nfrom kpatch_tools import cli\n"
        "try:\n    cli.call()\nexcept SystemExit:\n    pass\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))"
    )
    asked = {"COMP_WORDS": "kpt explain stale", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment(folder), **asked, "_C_KPT_COMPLETE": "bash_complete",
             "_KPT_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    *offered, loaded = done.stdout.strip().split("\n")
    assert "plain,stale-stub" in offered
    slow = {"tree_sitter", "pysat", "rich", "git", "unidiff", "kpatch_tools.checks.stale_stub"}
    assert slow & set(json.loads(loaded)) == set()


MISTYPED = {
    "a command": (("verfy", "x"), "Did you mean 'verify'?"),
    "an option": (("verify", "--fromat", "x"), "--format"),
    "a rule": (("explain", "stale-stubb"), "did you mean stale-stub"),
    "a word": (("explain", "provd"), "did you mean proved"),
    "a format": (("verify", "x", "--format", "htlm"), "did you mean html"),
    "a scenario": (("model", "ballon-lifecycle"), "did you mean balloon-lifecycle"),
}


@pytest.mark.parametrize("case", MISTYPED)
def test_what_is_mistyped_gets_a_suggestion(case: str, terminal: Terminal) -> None:
    asked, expected = MISTYPED[case]
    code, out, err = terminal.kpt(*asked)
    assert (code, out, expected in err) == (2, "", True), err


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("exit-codes", "5   incomplete: "),
        ("proved", "proved:     a witness shows it"),
        ("refuted", "refuted:     it can be shown wrong"),
        ("incomplete", "could not be looked at"),
        ("suspected", "never an error"),
        ("warning", "a person decides"),
        ("witness", ".config"),
        ("schedule", "kpt model NAME"),
        ("callers", "is every use of what the series removes"),
        ("--tree", "REPO@REV"),
        ("text", "verdict first"),
    ],
)
def test_words_of_a_report_are_explained(word: str, told: str, terminal: Terminal) -> None:
    code, out, err = terminal.kpt("explain", "--", word)
    assert (code, err, told in out) == (0, "", True), out


def test_every_topic_fits_a_terminal_and_refers_to_what_there_is(terminal: Terminal) -> None:
    topics = catalogue.catalogue()["topics"]
    for text in topics.values():
        assert max(map(len, text.splitlines())) <= 80
        for line in text.splitlines():
            if line.startswith("See also: "):
                named = line.split("kpt explain ")[1:]
                assert {each.strip(" ,.") for each in named} <= set(topics)
    assert len(topics) == 6
