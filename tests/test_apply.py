"""Single situations of applying a patch; the laws are in test_apply_against_git."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kpatch_tools.apply import apply_patch
from kpatch_tools.diff import parse_diffs
from kpatch_tools.domain import (
    FileResult,
    Patch,
    Placed,
    Placement,
    Rejected,
    Step,
    Tree,
    TreeFile,
)
from kpatch_tools.tree import open_tree
from kpatch_tools.tree.blob import blob_id

TWELVE = b"".join(b"line %d\n" % n for n in range(1, 13))
CHANGE = b"--- a/x\n+++ b/x\n@@ -4,3 +4,4 @@\n line 4\n-line 5\n+five\n+more\n line 6\n"
TWO_HUNKS = CHANGE + b"@@ -9,3 +10,2 @@\n line 9\n-line 10\n line 11\n"


@pytest.fixture
def empty(tmp_path: Path) -> Tree:
    return open_tree(str(tmp_path))


def applied(tree: Tree, files: Mapping[str, bytes | TreeFile], diff: bytes) -> Step:
    made = {
        path: file if isinstance(file, TreeFile) else TreeFile(file) for path, file in files.items()
    }
    return apply_patch(patch(diff), tree.with_files(made))


def patch(diff: bytes) -> Patch:
    return Patch(1, "subject", "author", None, "", parse_diffs(diff))


def contents(step: Step) -> dict[str, bytes | None]:
    return {path: step.after.read(path) for path in step.after.paths()}


def test_exact(empty: Tree) -> None:
    step = applied(empty, {"x": TWELVE}, TWO_HUNKS)

    assert step.placements == (Placed("x", 1, 4, "exact"), Placed("x", 2, 9, "exact"))
    assert contents(step) == {
        "x": TWELVE.replace(b"line 5\n", b"five\nmore\n").replace(b"line 10\n", b"")
    }
    assert step.before.read("x") == TWELVE


def test_offset_names_the_line_in_the_file_before(empty: Tree) -> None:
    step = applied(empty, {"x": b"a\nb\n" + TWELVE}, TWO_HUNKS)

    assert step.placements == (
        Placed("x", 1, 6, "offset", offset=2),
        Placed("x", 2, 11, "offset", offset=2),
    )


def test_forward_goes_before_backward_at_the_same_distance(empty: Tree) -> None:
    block = b"line 4\nline 5\nline 6\n"
    step = applied(empty, {"x": b"1\n" + block + b"5\n" + block + b"9\n10\n"}, CHANGE)
    #               the hunk says 4; the block stands at 2 and at 6

    assert step.placements == (Placed("x", 1, 6, "offset", offset=2),)


def test_nearer_goes_before_forward(empty: Tree) -> None:
    block = b"line 4\nline 5\nline 6\n"
    step = applied(empty, {"x": b"1\n2\n" + block + b"5\n6\n7\n8\n" + block + b"12\n"}, CHANGE)

    assert step.placements == (Placed("x", 1, 3, "offset", offset=-1),)


def test_a_hunk_at_line_one_must_meet_the_beginning(empty: Tree) -> None:
    diff = b"--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n+new\n line 1\n line 2\n"

    (placement,) = applied(empty, {"x": b"before\n" + TWELVE}, diff).placements

    assert placement == Rejected(
        "x",
        1,
        2,
        "its lines stand here, but it must meet the beginning of the file",
        b"line 1",
        b"line 1",
    )


def test_a_hunk_without_trailing_context_must_meet_the_end(empty: Tree) -> None:
    diff = b"--- a/x\n+++ b/x\n@@ -11,2 +11,3 @@\n line 11\n line 12\n+line 13\n"

    there = applied(empty, {"x": TWELVE}, diff)
    not_there = applied(empty, {"x": TWELVE + b"behind\n"}, diff)

    assert there.placements == (Placed("x", 1, 11, "exact"),)
    (placement,) = not_there.placements
    assert isinstance(placement, Rejected)
    assert placement.reason == "its lines stand here, but it must meet the end of the file"


def test_a_later_hunk_may_not_take_lines_of_an_earlier(empty: Tree) -> None:
    diff = CHANGE + b"@@ -4,3 +5,3 @@\n line 4\n-five\n+5\n more\n"

    second = applied(empty, {"x": TWELVE}, diff).placements[1]

    assert isinstance(second, Rejected)


ABOVE = "2 of its 3 old lines match above, here "
BELOW = "2 of its 3 old lines match below, here "
FIVE = TWELVE[: TWELVE.index(b"line 6\n")]
FROM_SEVEN = TWELVE[TWELVE.index(b"line 7\n") :]


@pytest.mark.parametrize(
    ("content", "line", "reason", "texts"),
    [
        (FIVE + b"six\n", 6, ABOVE + "another line stands", (b"line 6", b"six")),
        (
            TWELVE.replace(b"line 4\n", b"four\n"),
            4,
            BELOW + "another line stands",
            (b"line 4", b"four"),
        ),
        (FIVE + b"new\nline 6\n", 6, ABOVE + "another line stands", (b"line 6", b"new")),
        (FIVE + b"line  6\n", 6, ABOVE + "only whitespace differs", (b"line 6", b"line  6")),
        (FIVE, 6, ABOVE + "the file has no such line", (b"line 6", b"")),
        (
            FIVE + b"line 6",
            6,
            ABOVE + "the newline at the end of the file differs",
            (b"line 6", b"line 6"),
        ),
        (b"other\n" * 9, 4, "none of its lines stands in the file", (b"line 4", b"other")),
        (b"", 1, "none of its lines stands in the file", (b"line 4", b"")),
        (
            FROM_SEVEN + b"line 4\nline 5\nseven\n",
            9,
            ABOVE + "another line stands",
            (b"line 6", b"seven"),
        ),
        (
            b"line 5\nline 6\n" + FROM_SEVEN,
            1,
            BELOW + "the file has no such line",
            (b"line 4", b""),
        ),
    ],
    ids=[
        *("last", "first", "inserted", "whitespace", "cut", "newline", "foreign", "empty", "far"),
        "beheaded",
    ],
)
def test_a_reject_names_where_its_best_match_stops(
    content: bytes, line: int, reason: str, texts: tuple[bytes, bytes], empty: Tree
) -> None:
    step = applied(empty, {"x": content}, CHANGE)

    assert step.placements == (Rejected("x", 1, line, reason, *texts),)
    assert contents(step) == {"x": content}


def test_other_hunks_of_a_spoiled_file_are_reported_but_leave_no_trace(empty: Tree) -> None:
    content = TWELVE.replace(b"line 5\n", b"other\n")
    step = applied(empty, {"x": content, "y": b"old\n"}, TWO_HUNKS + REPLACE_Y)

    assert [isinstance(p, Rejected) for p in step.placements] == [True, False, False]
    assert step.placements[1] == Placed("x", 2, 9, "exact")
    assert contents(step) == {"x": content, "y": b"new\n"}
    assert step.files[0] == FileResult("x", blob_id(content), blob_id(content), None, "unclaimed")


REPLACE_Y = b"--- a/y\n+++ b/y\n@@ -1 +1 @@\n-old\n+new\n"


def test_a_hunk_that_stands_already_changes_nothing(empty: Tree) -> None:
    done = TWELVE.replace(b"line 5\n", b"five\nmore\n")
    step = applied(empty, {"x": done}, TWO_HUNKS)

    assert step.placements == (Placed("x", 1, 4, "already"), Placed("x", 2, 10, "offset", offset=1))
    assert contents(step) == {"x": done.replace(b"line 10\n", b"")}


def test_a_hunk_that_stands_already_elsewhere_is_rejected(empty: Tree) -> None:
    done = b"front\n" + TWELVE.replace(b"line 5\n", b"five\nmore\n")

    (placement,) = applied(empty, {"x": done}, CHANGE).placements

    assert isinstance(placement, Rejected)


CREATE = b"--- /dev/null\n+++ b/dir/new\n@@ -0,0 +1,2 @@\n+one\n+two\n"
DELETE = b"--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n"


def test_a_file_is_created(empty: Tree) -> None:
    step = applied(empty, {}, CREATE)

    assert step.placements == (Placed("dir/new", 1, 0, "exact"),)
    assert contents(step) == {"dir/new": b"one\ntwo\n"}
    assert step.after.mode("dir/new") == 0o100644


def test_a_file_that_is_there_just_so_is_already_created(empty: Tree) -> None:
    step = applied(empty, {"dir/new": b"one\ntwo\n"}, CREATE)

    assert step.placements == (Placed("dir/new", 1, 1, "already"),)
    assert contents(step) == {"dir/new": b"one\ntwo\n"}


def test_a_file_is_deleted(empty: Tree) -> None:
    assert contents(applied(empty, {"x": b"one\ntwo\n", "y": b""}, DELETE)) == {"y": b""}


GIT = b"diff --git a/%s b/%s\n"


def header(old: bytes, new: bytes, *lines: bytes) -> bytes:
    return GIT % (old, new) + b"".join(line + b"\n" for line in lines)


def test_a_rename_with_a_change(empty: Tree) -> None:
    diff = header(b"x", b"sub/z", b"similarity index 90%", b"rename from x", b"rename to sub/z")
    hunks = CHANGE[CHANGE.index(b"@@") :]
    step = applied(
        empty, {"x": TreeFile(TWELVE, 0o100755)}, diff + b"--- a/x\n+++ b/sub/z\n" + hunks
    )

    assert contents(step) == {"sub/z": TWELVE.replace(b"line 5\n", b"five\nmore\n")}
    assert step.after.mode("sub/z") == 0o100755
    assert step.placements == (Placed("sub/z", 1, 4, "exact"),)


def test_a_copy_takes_the_file_before_the_patch(empty: Tree) -> None:
    copy = header(b"y", b"z", b"similarity index 100%", b"copy from y", b"copy to z")

    step = applied(empty, {"y": b"old\n"}, REPLACE_Y + copy)

    assert contents(step) == {"y": b"new\n", "z": b"old\n"}


def test_two_files_change_places(empty: Tree) -> None:
    def moved(old: bytes, new: bytes) -> bytes:
        return header(
            old, new, b"similarity index 100%", b"rename from " + old, b"rename to " + new
        )

    step = applied(empty, {"x": b"was x\n", "y": b"was y\n"}, moved(b"x", b"y") + moved(b"y", b"x"))

    assert contents(step) == {"x": b"was y\n", "y": b"was x\n"}
    assert step.placements == ()


def test_a_second_diff_of_a_file_sees_the_first(empty: Tree) -> None:
    again = b"--- a/y\n+++ b/y\n@@ -1 +1 @@\n-new\n+newer\n"

    assert contents(applied(empty, {"y": b"old\n"}, REPLACE_Y + again)) == {"y": b"newer\n"}


def test_a_file_becomes_a_symlink(empty: Tree) -> None:
    gone = header(b"x", b"x", b"deleted file mode 100644") + DELETE
    made = header(b"x", b"x", b"new file mode 120000") + (
        b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n"
    )

    step = applied(empty, {"x": b"one\ntwo\n"}, gone + made)

    assert (step.after.read("x"), step.after.mode("x")) == (b"target", 0o120000)


def test_a_mode_is_changed_only_where_the_patch_changes_it(empty: Tree) -> None:
    files = {"x": TreeFile(b"", 0o100644), "y": TreeFile(b"old\n", 0o100755)}
    changed = header(b"x", b"x", b"old mode 100644", b"new mode 100755")
    kept = header(b"y", b"y", b"index 1234567..89abcde 100644") + REPLACE_Y

    step = applied(empty, files, changed + kept)

    assert (step.after.mode("x"), step.after.mode("y")) == (0o100755, 0o100755)


def test_newlines_at_the_end_come_and_go(empty: Tree) -> None:
    lost = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-end\n+end\n\\ No newline at end of file\n"
    gained = b"--- a/y\n+++ b/y\n@@ -1 +1 @@\n-end\n\\ No newline at end of file\n+end\n"

    step = applied(empty, {"x": b"end\n", "y": b"end"}, lost + gained)

    assert contents(step) == {"x": b"end", "y": b"end\n"}


def test_an_old_line_without_newline_meets_none_with_one(empty: Tree) -> None:
    # git lets it, and joins the line that follows to it
    diff = b"--- a/x\n+++ b/x\n@@ -2,2 +2,2 @@\n-a\n+b\n end\n\\ No newline at end of file\n"

    (placement,) = applied(empty, {"x": b"1\na\nend\nmore\n"}, diff).placements

    assert isinstance(placement, Rejected)


# from a file of one NUL to one of a byte 1, as git writes it
NUL_TO_ONE = (
    b"index f76dd238ade08917e6712764a16a22005a50573d..6b2aaa7640726588bcd3d57e1de4b1315b7f315e"
)
BINARY = (b"GIT binary patch", b"literal 1", b"IcmZPs000620ssI2", b"")


@pytest.mark.parametrize(
    ("files", "diff", "reason"),
    [
        ({}, CHANGE, "there is no file x"),
        ({"dir/new": b"other\n"}, CREATE, "dir/new exists already"),
        ({"dir/new/below": b""}, CREATE, "dir/new is a folder"),
        ({"dir": b""}, CREATE, "a path below dir, which is a file"),
        ({"dir": TreeFile(b"/etc", 0o120000)}, CREATE, "a path beyond the symbolic link dir"),
        ({}, CREATE.replace(b"dir/", b"../"), "a path that leaves the tree"),
        ({}, CREATE.replace(b"dir/", b"dir/../../"), "a path that leaves the tree"),
        ({}, CREATE.replace(b"b/dir/new", b'"b/dir/\\000new"'), "a path that leaves the tree"),
        ({}, CREATE.replace(b"dir/", b".git/hooks/"), "a path into a git directory"),
        ({}, CREATE.replace(b"dir/", b"sub/.GIT/"), "a path into a git directory"),
        (
            {"x": b"one\ntwo\nthree\n"},
            DELETE,
            "its lines stand here, but it must meet the end of the file",
        ),
        (
            {"x": TreeFile(b"one", 0o120000)},
            header(b"x", b"x", b"index 1234567..89abcde 100644") + CHANGE,
            "x has type 120000, the patch expects 100644",
        ),
        (
            {"x": b"\0"},
            header(b"x", b"x", b"index 1234567..89abcde 100644", *BINARY),
            "a binary diff that does not name its blobs in full",
        ),
        (
            {"x": b"other"},
            header(b"x", b"x", NUL_TO_ONE, *BINARY),
            "a binary diff on blob f76dd238ade0, not 27fa34919ae7",
        ),
        (
            {"x": b"\0"},
            header(b"x", b"x", NUL_TO_ONE, b"Binary files a/x and b/x differ"),
            "a binary diff without its data (made without --binary)",
        ),
        (
            {"x": b"\0"},
            header(b"x", b"x", NUL_TO_ONE, *BINARY[:2], b"IcmZPq000930{{R3", b""),
            "a binary diff whose data do not give blob 6b2aaa764072",
        ),
        (
            {},
            header(b"s", b"s", b"new file mode 160000")
            + b"--- /dev/null\n+++ b/s\n@@ -0,0 +1 @@\n+Subproject commit 0123\n",
            "a submodule, which is no file of the tree",
        ),
        (
            {"x": b"", "y": b""},
            header(b"x", b"y", b"similarity index 100%", b"rename from x", b"rename to y"),
            "y exists already",
        ),
        (
            {"x": b"a\n"},
            b"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n",
            "it has no old lines, and fits only an empty file or the end of one",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_applied_at_all(
    files: dict[str, bytes | TreeFile], diff: bytes, reason: str, empty: Tree
) -> None:
    step = applied(empty, files, diff)

    assert [reason_of(placement) for placement in step.placements] == [reason]
    assert step.after is step.before


def reason_of(placement: Placement) -> str:
    return placement.reason if isinstance(placement, Rejected) else "placed"


def test_every_hunk_of_a_missing_file_is_rejected(empty: Tree) -> None:
    assert [p.hunk for p in applied(empty, {}, TWO_HUNKS).placements] == [1, 2]


def test_an_absolute_path_is_rejected(empty: Tree) -> None:
    (diff,) = parse_diffs(CREATE)
    absolute = Patch(1, "s", "a", None, "", (type(diff)(None, "/etc/x", diff.hunks),))

    (placement,) = apply_patch(absolute, empty).placements

    assert reason_of(placement) == "an absolute path"


def indexed(before: bytes | None, after: bytes | None) -> bytes:
    ids = tuple(
        b"0" * 12 if text is None else blob_id(text)[:12].encode() for text in (before, after)
    )
    return header(b"y", b"y", b"index %s..%s 100644" % ids) + REPLACE_Y


@pytest.mark.parametrize(
    ("there", "diff", "guessed", "proof"),
    [
        (b"old\n", indexed(b"old\n", b"new\n"), (), "proved"),
        (b"old\n", indexed(b"old\n", b"newer\n"), (), "mismatch"),
        (b"old\n", indexed(b"older\n", b"newer\n"), (), "unproved"),
        (b"old\n", indexed(b"older\n", b"new\n"), (), "proved"),
        (b"old\n", REPLACE_Y, (), "unclaimed"),
        (b"old\n", indexed(b"old\n", b"new\n"), (1,), "proved"),
        (b"old\n", indexed(b"old\n", b"newer\n"), (1,), "unproved"),
        (b"other\n", indexed(b"other\n", b"new\n"), (), "unproved"),
    ],
    ids=[
        "both blobs", "other result", "other file before", "other before, same result",
        "no index line", "guess proved", "guess not proved", "rejected",
    ],
)  # fmt: skip
def test_what_blob_ids_prove(
    there: bytes, diff: bytes, guessed: tuple[int, ...], proof: str, empty: Tree
) -> None:
    tree = empty.with_files({"y": TreeFile(there)})

    (file,) = apply_patch(patch(diff), tree, {"y": guessed}).files

    assert file.proof == proof
    assert file.guessed == (() if proof == "proved" else guessed)
    assert file.blob_before == blob_id(there)


def test_creation_and_deletion_are_proved(empty: Tree) -> None:
    made = header(b"z", b"z", b"new file mode 100644", b"index 0000000..814f4a4")
    gone = header(b"x", b"x", b"deleted file mode 100644", b"index 814f4a4..0000000")

    step = applied(
        empty,
        {"x": b"one\ntwo\n"},
        gone + DELETE + made + CREATE.replace(b"dir/new", b"z"),
    )

    # 814f4a4: printf 'one\ntwo\n' | git hash-object --stdin
    assert [(f.path, f.proof, f.claimed_after) for f in step.files] == [
        ("x", "proved", None),
        ("z", "proved", "814f4a4"),
    ]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_lines_in_front_shift_every_hunk(count: int, empty: Tree) -> None:
    front = b"".join(b"in front %d\n" % n for n in range(count))

    step = applied(empty, {"x": front + TWELVE}, TWO_HUNKS)

    assert step.placements == (
        Placed("x", 1, 4 + count, "offset", offset=count),
        Placed("x", 2, 9 + count, "offset", offset=count),
    )
