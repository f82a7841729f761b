"""What a person sees: exit codes and messages of the command line, in this process."""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from terminal import Terminal

from kpatch_tools.reports import mail

ROOT = Path(__file__).parent.parent
TREE = str(ROOT / "fixtures" / "trees" / "linux-mini")
FIXED = ROOT / "fixtures" / "series" / "balloon-v2-fixed"
SEED = ROOT / "fixtures" / "series" / "balloon-v2"
FIRST = FIXED / "0013-mm-compaction-support-non-lru-movable-page-migration.patch"


def refused(terminal: Terminal, *arguments: str) -> tuple[int, str]:
    """The exit code and the one line of the error; nothing on standard output, a hint below."""
    code, out, err = terminal.kpt("verify", *arguments)
    assert (out, "Traceback" in err, "hint: " in err) == ("", False, True)
    return code, err.splitlines()[0]


def written(folder: Path, content: bytes) -> str:
    path = folder / "series.mbox"
    path.write_bytes(content)
    return str(path)


def test_no_such_series(terminal: Terminal) -> None:
    code, line = refused(terminal, "no-such-file.mbox", "--tree", TREE)
    assert (code, line) == (
        2,
        "kpt: error: no such file, directory or revision: no-such-file.mbox",
    )


def test_no_such_tree(terminal: Terminal) -> None:
    code, line = refused(terminal, str(FIXED), "--tree", "/no/such/tree")
    assert (code, line) == (2, "kpt: error: no such directory: /no/such/tree")


def test_a_tree_that_is_a_file(terminal: Terminal) -> None:
    code, line = refused(terminal, str(FIXED), "--tree", str(FIRST))
    assert (code, line) == (2, f"kpt: error: not a directory: {FIRST}")


def test_a_tree_without_the_files(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("another project\n")
    code, line = refused(terminal, str(FIXED), "--tree", str(tmp_path))
    assert (code, "this series is not for" in line) == (3, True)


def test_a_directory_without_patches(terminal: Terminal, tmp_path: Path) -> None:
    code, line = refused(terminal, str(tmp_path), "--tree", TREE)
    assert (code, line) == (3, f"kpt: error: no patches in {tmp_path}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"\0\1\2\3",
        b"Dear list,\n\nplease see my tree.\n",
        b"\x7fELF\2\1\1\0",
        b"diff --git a/x b/x\n",
        b"--- a/mm/migrate.c\n",
    ],
    ids=["empty", "blank", "binary", "prose", "elf", "bare-header", "half-header"],
)
def test_what_is_no_patch(terminal: Terminal, tmp_path: Path, content: bytes) -> None:
    code, line = refused(terminal, written(tmp_path, content), "--tree", TREE)
    assert (code, line.startswith("kpt: error: ")) == (3, True)


def truncations() -> list[int]:
    count = len(FIRST.read_bytes().splitlines())
    return list(range(10, count, 10))


@pytest.mark.parametrize("lines", truncations())
def test_a_mail_truncated_at_every_tenth_line(
    terminal: Terminal, tmp_path: Path, lines: int
) -> None:
    """Refused, or (cut between two diffs) read and judged as the shorter patch it is."""
    head = b"".join(FIRST.read_bytes().splitlines(keepends=True)[:lines])
    code, _, err = terminal.kpt("verify", written(tmp_path, head), "--tree", TREE, "--model", "off")
    assert ("Traceback" in err, "internal error" in err, code in {0, 1, 3, 5}) == (
        False,
        False,
        True,
    )


def test_counts_that_do_not_add_up(terminal: Terminal, tmp_path: Path) -> None:
    wrong = FIRST.read_bytes().replace(b"@@ -", b"@@ -1", 1)
    broken = wrong.replace(b",7 +", b",70000000000000 +", 1)
    code, line = refused(terminal, written(tmp_path, broken), "--tree", TREE)
    assert (code, line.startswith("kpt: error: ")) == (3, True)


def test_a_series_that_does_not_apply_says_what_stands_there(
    terminal: Terminal, tmp_path: Path
) -> None:
    second = next(path for path in FIXED.iterdir() if path.name.startswith("0014"))
    code, out, _ = terminal.kpt("verify", str(second), "--tree", TREE, "--model", "off")
    assert (code, "does-not-apply" in out, "stands:" in out) == (4, True, True)


def test_a_patch_that_git_applied_before_is_not_judged_and_says_so(
    terminal: Terminal, tmp_path: Path
) -> None:
    fixture = ROOT / "fixtures" / "checks" / "stale-reference" / "fires"
    patch, tree = fixture / "1.patch", tmp_path / "tree"
    shutil.copytree(fixture / "tree", tree)
    subprocess.run(["git", "apply", str(patch)], cwd=tree, check=True)
    before, after = (
        terminal.kpt("verify", str(patch), "--tree", str(where), "--model", "off")
        for where in (fixture / "tree", tree)
    )
    assert (before[0], "stand in the tree already" in before[1]) == (1, False)
    said = " ".join(after[1].split())
    assert (after[0], "name a tree from before with --tree REPO@REV" in said) == (5, True)


def test_wrong_options_are_usage(terminal: Terminal) -> None:
    codes = [
        terminal.kpt("verify")[0],
        terminal.kpt("verify", str(FIXED), "--no-such-option")[0],
        terminal.kpt("verify", str(FIXED), "--tree", TREE, "--format", "papyrus")[0],
        terminal.kpt("verify", str(FIXED), "--tree", TREE, "--migration", "no-such")[0],
        terminal.kpt("verify", str(FIXED), "--tree", TREE, "--model", "no-such")[0],
        terminal.kpt("explain", "no-such-rule")[0],
        terminal.kpt("model", "no-such-scenario", "--tree", TREE)[0],
        terminal.kpt("no-such-command")[0],
    ]
    assert codes == [2] * 8


def test_an_output_that_cannot_be_written(terminal: Terminal, tmp_path: Path) -> None:
    target = f"json={tmp_path}/absent/report.json"
    options = ("--tree", TREE, "--model", "off", "--format", target)
    code, _, err = terminal.kpt("verify", str(FIXED), *options)
    assert (code, "cannot write" in err) == (2, True)


def test_several_formats_in_one_run(terminal: Terminal, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = ("--tree", TREE, "--model", "off", "--format", "terse", "--format", f"json={report}")
    code, out, err = terminal.kpt("verify", str(FIXED), *options)
    assert (code, out.splitlines()[-1].split(" (")[0], err) == (0, "verdict: proved", "")
    assert json.loads(report.read_text())["verdict"] == "proved"


def test_without_a_compiler_the_model_is_not_built_and_the_rest_runs(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = terminal.kpt("verify", str(FIXED), "--tree", TREE)
    assert (code, err) == (5, "")
    assert "model    incomplete" in out
    assert "callers  proved" in out


def test_the_same_input_gives_the_same_bytes(terminal: Terminal) -> None:
    command = ("verify", str(SEED), "--tree", TREE, "--model", "off", "--format", "json")
    assert terminal.kpt(*command) == terminal.kpt(*command)


def test_explain_and_list_know_every_rule_of_the_report(terminal: Terminal) -> None:
    command = ("verify", str(SEED), "--tree", TREE, "--model", "off", "--format", "json")
    rules = {finding["rule"] for finding in json.loads(terminal.kpt(*command)[1])["findings"]}
    listed = terminal.kpt("list")[1].split()
    assert rules - set(listed) == set()
    assert [terminal.kpt("explain", rule)[0] for rule in sorted(rules)] == [0] * len(rules)


def test_recover_writes_what_git_apply_takes(terminal: Terminal, tmp_path: Path) -> None:
    code, out, _ = terminal.kpt("recover", str(SEED), "--tree", TREE, "-o", str(tmp_path))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert (code, names, "whitespace guessed in lines" in out) == (
        0,
        [
            "0013-mm-compaction-support-non-lru-movable-page-migration.patch",
            "0014-mm-balloon-use-general-movable-page-feature-into-bal.patch",
        ],
        True,
    )


def test_callers_names_place_kind_function_and_condition(terminal: Terminal) -> None:
    code, out, _ = terminal.kpt("callers", "isolated_balloon_page", "--tree", TREE)
    # by hand from git grep -nw, see fixtures/series/balloon-v2/callsites.tsv
    assert code == 0
    assert sorted(line.split(": ")[0] for line in out.splitlines()) == [
        "include/linux/balloon_compaction.h:160",
        "include/linux/balloon_compaction.h:80",
        "include/linux/balloon_compaction.h:83",
        "mm/migrate.c:211",
        "mm/migrate.c:62",
        "mm/vmscan.c:146",
    ]


def test_callers_says_what_nothing_names_and_what_it_could_not_read(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "Makefile").write_text("obj-y += a.o\ninclude Makefile\n")
    (tmp_path / "a.c").write_text("int there(void) { return 0; }\n")
    code, out, _ = terminal.kpt("callers", "there", "absent", "--tree", str(tmp_path))
    assert (code, out.splitlines()) == (
        0,
        [
            "a.c:1: there: definition",
            "Makefile:2: not looked at: Makefile includes itself or too deeply: not read again",
            f"absent: nothing in {tmp_path} names it",
        ],
    )


def test_audit_holds_every_word_of_every_file_against_the_references(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "a.c").write_text("/* there */\nint there(void) { return 0; }\n")
    (tmp_path / "b.bin").write_bytes(b"\x00there\xff there there_not\n")
    (tmp_path / "link.c").symlink_to("a.c")
    asked = ("callers", "there", "--tree", str(tmp_path), "--audit")
    code, out, _ = terminal.kpt(*asked)
    assert (code, out.splitlines()) == (
        0,
        [
            "a.c: 2 tokens = 1 comment + 1 definition",
            "b.bin: 2 tokens = 2 other",
            "2 files read, 1 symbolic links not followed; 2 name a symbol:"
            " 4 tokens = 1 comment + 1 definition + 2 other; balances",
        ],
    )
    told = json.loads(terminal.kpt(*asked, "--format", "json")[1])
    assert (told["audit"]["complete"], len(told["references"])) == (True, 4)


def test_audit_of_what_no_parse_understands_is_incomplete(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "a.c").write_text("int f(void)\n{\n\t) there ] 3 3 (\n}\n")
    code, out, _ = terminal.kpt("callers", "there", "--tree", str(tmp_path), "--audit")
    assert (code, out.splitlines()[0]) == (5, "a.c: 1 tokens = 1 unclassified")
    assert out.splitlines()[-1].startswith("a.c:3: there: unclassified: ")


@pytest.mark.parametrize("symbol", ["", "a b", "a-b", "1a", "é"])
def test_callers_of_what_is_no_identifier_is_wrong_usage(terminal: Terminal, symbol: str) -> None:
    code, out, err = terminal.kpt("callers", symbol, "--tree", TREE)
    assert (code, out) == (2, "")
    assert err.startswith(f"kpt: error: no symbol of C: {symbol!r}")


def test_json_with_model_runs_fits_the_published_schema(terminal: Terminal) -> None:
    options = ("--tree", TREE, "--model", "movable-driver", "--format", "json")
    code, out, _ = terminal.kpt("verify", str(SEED), *options)
    schema = files("kpatch_tools.reports").joinpath("report.schema.json").read_text("utf-8")
    report = json.loads(out)
    jsonschema.validate(report, json.loads(schema))
    assert (code, {run["outcome"] for run in report["model"]}) == (1, {"violated", "held"})


def test_mail_of_the_seed_quotes_the_lines_it_comments_on(terminal: Terminal) -> None:
    """The stand-in for 13 is answered under its Message-ID; the seed has none and says so."""
    options = ("--tree", TREE, "--model", "off", "--format", "mail")
    _, out, _ = terminal.kpt("verify", str(SEED), *options)
    lines = out.splitlines()
    assert [line for line in lines if line.startswith("From ")] == [mail.SEPARATOR] * 2
    answered = [line for line in lines if line.startswith("In-Reply-To")]
    assert answered == ["In-Reply-To: <20160321063102.13-balloon-v2@kpt.invalid>"]
    assert "[This patch came without a Message-ID (archive text): this reply names" in lines
    comment = next(n for n, line in enumerate(lines) if line.startswith("error: balloon_mnt"))
    label = next(n for n, line in enumerate(lines) if line.startswith("warning: label out_free_vb"))
    assert lines[comment - 2] == "> +\tkern_unmount(balloon_mnt);"
    assert lines[label - 2] == ">  out_free_vb:"


def test_fail_on_never_tells_what_it_found_and_exits_as_if_it_had_not(terminal: Terminal) -> None:
    """The whitespace of the seed is guessed here: what remains to exit with is incomplete."""
    options = ("--tree", TREE, "--model", "off", "--format", "json", "--fail-on", "never")
    code, out, _ = terminal.kpt("verify", str(SEED), *options)
    report = json.loads(out)
    told = (report["verdict"], report["answers"]["callers"], report["answers"]["applies"])
    assert (code, told) == (5, ("refuted", "refuted", "incomplete"))


def test_a_path_that_is_no_utf_8_keeps_its_bytes_in_every_report(
    terminal: Terminal, tmp_path: Path
) -> None:
    name = os.fsdecode(b"f\xe9.c")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / name).write_text("int a;\n")
    diff = tmp_path / "a.diff"
    diff.write_text(
        '--- "a/f\\351.c"\n+++ "b/f\\351.c"\n@@ -1 +1 @@\n-int a;\n+int b;\n', encoding="ascii"
    )
    text, report = tmp_path / "report.txt", tmp_path / "report.json"
    formats = ("--format", f"text={text}", "--format", f"json={report}")
    code, _, err = terminal.kpt("verify", str(diff), "--tree", str(tree), *formats)
    assert (code, err, b" f\xe9.c " in text.read_bytes()) == (0, "", True)
    assert json.loads(report.read_text("utf-8"))["files"][0]["path"] == name
