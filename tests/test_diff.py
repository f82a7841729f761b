"""Diffs read and printed, held against git's own reading of the same text."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kpatch_tools.diff import format_diff, parse_diffs
from kpatch_tools.domain import BinaryContent, Blobs, FileDiff, Hunk, Line, Modes
from kpatch_tools.errors import Exit, KptError
from tests.scratch_repository import ScratchRepository

TEN = b"".join(b"line %d\n" % n for n in range(1, 11))


def many_hunks(repository: ScratchRepository) -> None:
    lines = [b"line %d" % n for n in range(80)]
    repository.commit("a", {"mm/long.c": b"\n".join(lines) + b"\n"})
    lines[3], lines[40:44], lines[79:] = b"changed", [], [b"last", b"added"]
    repository.write({"mm/long.c": b"\n".join(lines) + b"\n"})


def created_and_deleted(repository: ScratchRepository) -> None:
    repository.commit("a", {"old.c": TEN})
    repository.write({"old.c": None, "new.c": b"one line\n", "sub/new.c": TEN[::-1]})


def empty_files(repository: ScratchRepository) -> None:
    repository.commit("a", {"gone": b"", "filled": b"", "emptied": TEN})
    repository.write({"gone": None, "made": b"", "filled": TEN, "emptied": b""})


def newlines_at_the_end(repository: ScratchRepository) -> None:
    repository.commit("a", {"lost": TEN, "gained": TEN[:-1], "never": TEN[:-1]})
    repository.write({"lost": TEN[:-1], "gained": TEN, "never": TEN.replace(b"10", b"ten")[:-1]})


def carriage_returns(repository: ScratchRepository) -> None:
    dos = TEN.replace(b"\n", b"\r\n")
    repository.commit("a", {"dos.c": dos, "mixed.c": TEN})
    repository.write({"dos.c": dos.replace(b"5", b"V"), "mixed.c": TEN.replace(b"5\n", b"5\r\n")})


def renamed_and_copied(repository: ScratchRepository) -> None:
    repository.commit("a", {"a/from.c": TEN, "same.c": TEN + TEN, "source.c": TEN * 3})
    repository.git("mv", "a/from.c", "to.c")
    repository.git("mv", "same.c", "b.c")
    repository.write(
        {"to.c": TEN + b"more\n", "copy.c": TEN * 3 + b"x\n", "source.c": b"y\n" + TEN * 3}
    )


def modes_changed(repository: ScratchRepository) -> None:
    repository.commit("a", {"run": TEN, "both": TEN, "x": b""})
    repository.write({"both": TEN + b"more\n"})
    for path in ("run", "both"):
        (repository.folder / path).chmod(0o755)


def symlinks(repository: ScratchRepository) -> None:
    (repository.folder / "link").symlink_to("old")
    repository.commit("a", {"file": TEN})
    repository.write({"link": None, "file": None})
    (repository.folder / "link").symlink_to("new")
    (repository.folder / "file").symlink_to("target")


def strange_names(repository: ScratchRepository) -> None:
    names = ("with blank", "caf\u00e9.c", 'quo"te', "tab\there", "back\\slash", "end ", "b a/b c")
    repository.commit("a", dict.fromkeys(names, TEN))
    repository.write({name: TEN.replace(b"5", b"V") for name in names})
    repository.git("mv", "with blank", "with two blanks")


def lines_like_headers(repository: ScratchRepository) -> None:
    text = b"-- a/x\n++ b/x\n@@ -1 +1 @@\n-- \n2.39\ndiff --git a/y b/y\n\\ No newline\n"
    repository.commit("a", {"x": TEN + text + TEN, "y": text})
    repository.write({"x": TEN + TEN, "y": text + text})


def bytes_of_no_charset(repository: ScratchRepository) -> None:
    every = bytes(byte for byte in range(1, 256) if byte != 10)
    repository.commit("a", {"bytes": TEN + every + b"\n", ".gitattributes": b"bytes diff\n"})
    repository.write({"bytes": TEN + every[::-1] + b"\n\x0c\x85\n"})


def functions_named(repository: ScratchRepository) -> None:
    body = b"".join(b"\tcall_%d();\n" % n for n in range(20))
    text = b"static int caf\xe9(void)\n{\n" + body + b"}\n"
    repository.commit("a", {"f.c": text})
    repository.write({"f.c": text.replace(b"call_15", b"other")})


SITUATIONS = [
    many_hunks,
    created_and_deleted,
    empty_files,
    newlines_at_the_end,
    carriage_returns,
    renamed_and_copied,
    modes_changed,
    symlinks,
    strange_names,
    lines_like_headers,
    bytes_of_no_charset,
    functions_named,
]


@pytest.fixture(params=SITUATIONS, ids=lambda situation: situation.__name__)
def changed(request: pytest.FixtureRequest, tmp_path: Path) -> ScratchRepository:
    """A repository whose index holds a change against HEAD."""
    repository = ScratchRepository(tmp_path / "repository")
    situation: Callable[[ScratchRepository], None] = request.param
    situation(repository)
    repository.git("add", "--all")
    return repository


def cached_diff(repository: ScratchRepository, *options: str) -> bytes:
    return repository.git("diff", "--cached", "--no-color", "--full-index", *options)


FORMS = (("-M", "-C"), ("--no-renames", "-U0"), ("-U9", "--minimal"))


def test_line_counts_are_those_of_git_apply(changed: ScratchRepository) -> None:
    for options in FORMS:
        text = cached_diff(changed, *options)
        expected = changed.git("apply", "--numstat", "--unidiff-zero", stdin=text).splitlines()

        actual = [(count(diff, "+"), count(diff, "-")) for diff in parse_diffs(text)]

        assert actual == [tuple(map(int, line.split(b"\t")[:2])) for line in expected]


def count(diff: FileDiff, sign: str) -> int:
    return sum(line.sign == sign for hunk in diff.hunks for line in hunk.lines)


def test_paths_and_modes_are_those_of_raw(changed: ScratchRepository) -> None:
    raw = changed.git("diff", "--cached", "--raw", "-z", "--no-renames", "--abbrev=40")
    entries = re.findall(rb":(\d+) (\d+) (\w+) (\w+) (\w)\0([^\0]+)\0", raw)
    # a changed type is one entry here and two diffs, a changed mode has no ids: see the next test
    expected = {
        path.decode(): (letter == b"A", letter == b"D", old.decode(), new.decode())
        for _, _, old, new, letter, path in entries
        if letter != b"T" and old != new
    }

    actual = {
        diff.path: (diff.old_path is None, diff.new_path is None, *ids(diff))
        for diff in parse_diffs(cached_diff(changed, "--no-renames"))
        if diff.path in expected
    }

    assert actual == expected


def ids(diff: FileDiff) -> tuple[str, str]:
    assert diff.blobs is not None
    return diff.blobs.before or "0" * 40, diff.blobs.after or "0" * 40


def test_what_is_printed_makes_the_same_tree(changed: ScratchRepository) -> None:
    expected = changed.git("write-tree")
    for options in FORMS:
        printed = b"".join(map(format_diff, parse_diffs(cached_diff(changed, *options))))

        changed.git("read-tree", "HEAD")
        changed.git("apply", "--cached", "--unidiff-zero", stdin=printed)

        assert changed.git("write-tree") == expected


def test_what_is_printed_reads_back_equal(changed: ScratchRepository) -> None:
    for options in FORMS:
        diffs = parse_diffs(cached_diff(changed, *options))

        assert parse_diffs(b"".join(map(format_diff, diffs))) == diffs


def test_cut_at_any_line_it_reads_less_or_says_where(changed: ScratchRepository) -> None:
    text = cached_diff(changed, "--no-renames")
    lines = text.splitlines(keepends=True)
    whole = parse_diffs(text)

    for length in range(len(lines)):
        try:
            diffs = parse_diffs(b"".join(lines[:length]))
        except KptError as error:
            assert error.exit_code == Exit.NOT_UNDERSTOOD
            assert re.match(r"line ([1-9]|[1-9]\d+): ", error.message)
            continue
        for diff, full in zip(diffs, whole, strict=False):
            assert shown(diff) == shown(full)[: len(diff.hunks)]


def shown(diff: FileDiff) -> list[list[tuple[str, bytes]]]:
    """Hunk by hunk; without the mark that a cut between it and its line takes away."""
    return [[(line.sign, line.text) for line in hunk.lines] for hunk in diff.hunks]


def test_a_plain_diff_with_timestamps() -> None:
    text = (
        b"Index: linux/mm/x.c\n"
        b"===================================================================\n"
        b"--- linux.orig/mm/x.c\t2016-03-21 15:31:02.000000000 +0900\n"
        b"+++ linux/mm/x.c\t2016-03-21 15:32:02.000000000 +0900\n"
        b"@@ -1 +1,2 @@\n"
        b" first\n"
        b"+second\n"
    )

    assert parse_diffs(text) == (
        FileDiff("mm/x.c", "mm/x.c", (Hunk(1, 1, (Line(" ", b"first"), Line("+", b"second"))),)),
    )


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        (b"/dev/null", b"b/new.c", (None, "new.c")),
        (b"a/old.c", b"/dev/null", ("old.c", None)),
        (b"a/new.c\t1970-01-01 00:00:00.000000000 +0000", b"b/new.c", (None, "new.c")),
        (b"a/x.c 1970-01-01 01:00:00.000000000 +0100", b"b/x.c", (None, "x.c")),
        (b"a/x.c.orig", b"b/x.c", ("x.c", "x.c")),
        (b"a/x.c", b"b/x.c~", ("x.c", "x.c")),
        (b"a/with blank\t", b"b/with blank\t", ("with blank", "with blank")),
        (b'"a/caf\\303\\251"', b'"b/caf\\303\\251"', ("caf\u00e9", "caf\u00e9")),
        (b"a/x.c\r", b"b/x.c\r", ("x.c", "x.c")),
    ],
)
def test_names_of_a_plain_diff(
    old: bytes, new: bytes, paths: tuple[str | None, str | None]
) -> None:
    text = b"--- %s\n+++ %s\n@@ -1 +1 @@\n-a\n+b\n" % (old, new)

    (diff,) = parse_diffs(text)

    assert (diff.old_path, diff.new_path) == paths


def test_text_around_diffs_is_passed_over() -> None:
    one = b"--- a/x\n+++ b/x\n@@ -1 +1 @@ f()\n-a\n+b\n"
    text = b"From nobody\n\n" + one + b"\nOnly in b: y\n" + one + b"-- \n2.39.5\n\n"

    assert [diff.path for diff in parse_diffs(text)] == ["x", "x"]


def test_no_diff_is_no_error() -> None:
    assert parse_diffs(b"") == ()
    assert parse_diffs(b"a letter\n--- and a rule\n") == ()


def test_empty_context_lines_may_have_lost_their_blank() -> None:
    (diff,) = parse_diffs(b"--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n\n+b\n")

    assert diff.hunks[0].lines == (Line(" ", b"a"), Line(" ", b""), Line("+", b"b"))


def test_binary_diffs_are_marked(tmp_path: Path) -> None:
    repository = ScratchRepository(tmp_path)
    repository.commit("a", {"logo": b"\0" * 300, "text": TEN})
    repository.write({"logo": b"\1" * 300, "text": TEN + TEN})
    for options in ((), ("--binary",)):
        diffs = parse_diffs(repository.git("diff", *options))

        assert [(diff.path, diff.binary, len(diff.hunks)) for diff in diffs] == [
            ("logo", True, 0),
            ("text", False, 1),
        ]


@pytest.mark.parametrize("size", [1, 26, 27, 52, 53, 5000])
def test_binary_data_are_what_git_put_there(size: int, tmp_path: Path) -> None:
    content = random.Random(size).randbytes(size - 1) + b"\0"
    repository = ScratchRepository(tmp_path)
    repository.commit("a", {"logo": b"\0before"})
    repository.write({"logo": content})

    (diff,) = parse_diffs(repository.git("diff", "--binary", "--full-index"))

    assert diff.content == BinaryContent("literal", content)
    assert parse_diffs(format_diff(diff)) == (diff,)


def test_git_takes_the_binary_diff_that_is_printed(tmp_path: Path) -> None:
    content = random.Random(1).randbytes(3000)
    repository = ScratchRepository(tmp_path)
    repository.commit("a", {"logo": content})
    repository.write({"logo": content[:1000] + b"\0new" + content[1500:]})
    wanted = repository.git("diff", "--binary", "--full-index")
    repository.write({"logo": content})

    (diff,) = parse_diffs(wanted)
    repository.git("apply", stdin=format_diff(diff))

    assert diff.content is not None
    assert diff.content.method == "delta"
    assert repository.git("diff", "--binary", "--full-index") == wanted


def test_extended_headers_are_kept() -> None:
    text = (
        b"diff --git a/old.c b/new.c\n"
        b"old mode 100644\n"
        b"new mode 100755\n"
        b"similarity index 90%\n"
        b"copy from old.c\n"
        b"copy to new.c\n"
        b"index 1234567..89abcde\n"
        b"--- a/old.c\n"
        b"+++ b/new.c\n"
        b"@@ -1 +1 @@\n"
        b"-a\n"
        b"+b\n"
    )

    assert parse_diffs(text) == (
        FileDiff(
            "old.c",
            "new.c",
            (Hunk(1, 1, (Line("-", b"a"), Line("+", b"b"))),),
            Blobs("1234567", "89abcde"),
            Modes(0o100644, 0o100755),
            copied=True,
        ),
    )


HUNK = b"@@ -1,2 +1,2 @@\n-a\n+b\n c\n"
PLAIN = b"--- a/x\n+++ b/x\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HUNK, "line 1: a hunk that belongs to no file"),
        (PLAIN, "line 1: the diff of 'x' has no hunks"),
        (PLAIN + HUNK[:-3], "line 5: hunk '@@ -1,2 +1,2 @@' ends too early: 1 old and 1 new lines"),
        (PLAIN + HUNK + b" d\n", "line 7: a line more than the hunk header announces"),
        (PLAIN + HUNK + b"+d\n", "line 7: a line more than the hunk header announces"),
        (PLAIN + HUNK + b"-d\n", "line 7: a line more than the hunk header announces"),
        (
            PLAIN + b"@@ -1 +1,3 @@\n a\n+b\n c\n",
            "line 6: hunk '@@ -1 +1,3 @@' has more lines than its header announces",
        ),
        (PLAIN + b"@@ -1,1 +1,1 @@\n a\n", "line 3: hunk '@@ -1,1 +1,1 @@' changes nothing"),
        (
            PLAIN + b"@@ -1,1000000000000 +1 @@\n-a\n",
            "ends too early: 999999999999 old and 1 new lines",
        ),
        (PLAIN + b"@@ -1,%s +1 @@\n-a\n" % (b"9" * 5000), "line 3: not a hunk header"),
        (PLAIN + b"@@ -a +b @@\n-a\n", "line 3: not a hunk header"),
        (PLAIN + b"@@ -1 +1 @@\n-a\ngarbage\n", "line 5: hunk '@@ -1 +1 @@' ends too early"),
        (
            PLAIN + b"@@ -1,2 +1 @@\n-a\n-- \n2.39.5\n",
            "line 5: hunk '@@ -1,2 +1 @@' ends too early",
        ),
        (PLAIN + HUNK + b"--- a/y\n", "line 7: a file header ends too early"),
        (b"--- x\n+++ b/y\n" + HUNK, "line 1: not a path that -p1 can strip: 'x'"),
        (b"--- /dev/null\n+++ /dev/null\n" + HUNK, "line 1: not a path that -p1 can strip"),
        (b'--- "a/\\9"\n+++ b/x\n' + HUNK, "line 1: not a path that -p1 can strip"),
        (b"diff --git a/x b/x\n", "line 1: the diff of 'x' has no hunks"),
        (b"diff --git a/x b/y\n", "line 1: file names do not agree"),
        (b"diff --git \n", "line 1: file names do not agree"),
        (b"diff --git a/x b/x\nindex 1234567..89abcde 100644\n", "line 1: the diff of 'x' has no"),
        (b"diff --git a/x b/x\nnew file mode 100644\n", "line 1: the diff of 'x' has no hunks"),
        (b"diff --git a/x b/x\nold mode 100644\n", "line 1: half a mode change"),
        (b"diff --git a/x b/y\nrename from x\n", "line 1: half a rename"),
        (b"diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n", "has no hunks"),
        (b"diff --git a/x b/x\nindex 12..34\n", "line 1: an index line that names no blobs"),
        (b"diff --git a/x b/x\nnew file mode abc\n", "line 1: new file mode 'abc' is no octal"),
        (b"diff --git a/x b/x\n--- a/y\n+++ b/x\n" + HUNK, "line 1: file names do not agree"),
        (
            b"diff --git a/x b/x\n--- /dev/null\n+++ b/x\n" + HUNK,
            "line 1: the --- line should name",
        ),
        (
            b"diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n" + HUNK,
            "line 1: the --- line names a file that the header calls absent",
        ),
        (b"diff --git a/x b/x\nold mode 1\nold mode 2\n", "line 3: a second 'old mode' line"),
        (
            b"diff --git a/x b/x\nindex 1234567..89abcde\nGIT binary patch\nliteral 10\n",
            "line 4: a binary diff ends too early",
        ),
        (
            b"diff --git a/x b/x\nGIT binary patch\nliteral 1\nIcmZP\n\n",
            "line 4: no line of a binary diff",
        ),
        (
            b"diff --git a/x b/x\nGIT binary patch\nliteral 2\nIcmZPs000620ssI2\n\n",
            "line 3: the binary data are not the 2 bytes announced",
        ),
        (
            b"diff --git a/x b/x\nGIT binary patch\nliteral 999999999999\nIcmZPs000620ssI2\n\n",
            "line 3: 999999999999 bytes of binary data are more than the 67108864 that kpt reads",
        ),
        (b"diff --cc x\nindex 1,2..3\n", "line 1: the combined diff of a merge"),
    ],
)
def test_a_broken_diff_is_refused_with_its_line(text: bytes, message: str) -> None:
    with pytest.raises(KptError) as raised:
        parse_diffs(text)

    assert message in raised.value.message
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


def test_lines_are_counted_from_where_the_diff_stands() -> None:
    with pytest.raises(KptError, match="line 41: a hunk that belongs to no file"):
        parse_diffs(b"text\n" + HUNK, first_line=40)


@pytest.mark.parametrize("names", [b"--- a/\n+++ b/\n", b"--- /x\n+++ //\n"])
def test_a_name_that_is_all_prefix_is_no_path(names: bytes) -> None:
    with pytest.raises(KptError):
        parse_diffs(names + b"@@ -1 +1 @@\n-a\n+b\n")
