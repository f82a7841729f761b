"""Lost whitespace comes back: diffs made by git, folded, read as archive text, recovered.

What must come out is the file that git made the diff to, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from folding import folded
from memory_tree import MemoryTree
from recover_case import Case, archive_page, cases, git_diff

from kpatch_tools.apply import apply_patch
from kpatch_tools.domain import Line, Patch, Placed, Rejected, Tree
from kpatch_tools.inputs import read_series
from kpatch_tools.recover import recover_patch

KNOWN, HELD_OUT = cases("known"), cases("held_out")

LAMP = """\
#include <linux/lamp.h>

int lamp_on(struct lamp *lamp)
{
\tif (!lamp)
\t\treturn -EINVAL;

\tlamp->level = 1;
\treturn 0;
}

int lamp_off(struct lamp *lamp)
{
\tlamp->level = 0;
\treturn 0;
}
"""
BRIGHT = LAMP.replace("\tlamp->level = 1;\n", "\tlamp->level = 1;\n\tlamp_notify(lamp);\n")


def tree_of(files: Mapping[str, bytes]) -> Tree:
    return MemoryTree({path: content.decode() for path, content in files.items()})


def folded_patch(before: Mapping[str, bytes], after: Mapping[str, bytes], folder: Path) -> Patch:
    diff = git_diff(dict(before), dict(after), folder / "diff")
    (patch,) = read_series("-", archive_page(diff), None).patches
    return replace(patch, folded=True)


def lamp_patch(before: str, after: str, folder: Path) -> Patch:
    return folded_patch({"lamp.c": before.encode()}, {"lamp.c": after.encode()}, folder)


def result(patch: Patch, tree: Tree, path: str) -> bytes | None:
    """The file after the recovered patch was applied."""
    recovered = recover_patch(patch, tree)
    return apply_patch(recovered.patch, tree, recovered.guessed).after.read(path)


def lines_of(patch: Patch) -> list[tuple[str, bytes]]:
    return [(line.sign, line.text) for d in patch.diffs for h in d.hunks for line in h.lines]


@pytest.mark.parametrize("case", KNOWN + HELD_OUT, ids=lambda case: case.name)
def test_exact_base_is_proved_byte_for_byte(case: Case, tmp_path: Path) -> None:
    tree = tree_of(case.before)
    patch = folded_patch(case.before, case.after, tmp_path)

    recovered = recover_patch(patch, tree)
    step = apply_patch(recovered.patch, tree, recovered.guessed)

    assert {path: step.after.read(path) for path in case.after} == case.after
    assert {file.proof for file in step.files} == {"proved"}
    assert recovered.proved == tuple(diff.path for diff in patch.diffs)
    assert set(recovered.guessed.values()) <= {()}


@pytest.mark.parametrize("case", KNOWN + HELD_OUT, ids=lambda case: case.name)
def test_what_was_recovered_folds_to_what_was_read(case: Case, tmp_path: Path) -> None:
    patch = folded_patch(case.before, case.after, tmp_path)
    unproved = replace(patch, diffs=tuple(replace(diff, blobs=None) for diff in patch.diffs))

    recovered = [recover_patch(series, tree_of(case.before)).patch for series in (patch, unproved)]

    for rebuilt in recovered:
        assert [refolded(line) for line in lines_of(rebuilt)] == lines_of(patch)


def refolded(line: tuple[str, bytes]) -> tuple[str, bytes]:
    sign, text = line
    mark = b"" if sign == " " else sign.encode()
    return sign, folded(mark + text).removeprefix(mark)


def test_another_base_leaves_every_added_line_guessed(tmp_path: Path) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    tree = MemoryTree({"lamp.c": "/* A comment. */\n" + LAMP})

    recovered = recover_patch(patch, tree)
    step = apply_patch(recovered.patch, tree, recovered.guessed)

    assert recovered.proved == ()
    assert recovered.guessed == {"lamp.c": (10,)}
    assert step.after.read("lamp.c") == b"/* A comment. */\n" + BRIGHT.encode()
    assert [file.proof for file in step.files] == ["unproved"]
    assert step.placements == (Placed("lamp.c", 1, 7, "offset", 1),)


def test_an_index_line_that_names_another_result_proves_nothing(tmp_path: Path) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    (diff,) = patch.diffs
    assert diff.blobs is not None
    other = replace(diff, blobs=replace(diff.blobs, after="0123456789ab"))

    recovered = recover_patch(replace(patch, diffs=(other,)), MemoryTree({"lamp.c": LAMP}))

    assert recovered.proved == ()
    assert recovered.guessed == {"lamp.c": (9,)}


@pytest.mark.parametrize(("digits", "proved"), [(6, ()), (7, ("lamp.c",)), (12, ("lamp.c",))])
def test_an_id_of_fewer_than_seven_digits_proves_nothing(
    digits: int, proved: tuple[str, ...], tmp_path: Path
) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    (diff,) = patch.diffs
    assert diff.blobs is not None and diff.blobs.before and diff.blobs.after
    short = replace(diff.blobs, before=diff.blobs.before[:digits], after=diff.blobs.after[:digits])

    recovered = recover_patch(
        replace(patch, diffs=(replace(diff, blobs=short),)), MemoryTree({"lamp.c": LAMP})
    )

    assert recovered.proved == proved


def test_a_patch_with_its_whitespace_passes_untouched(tmp_path: Path) -> None:
    patch = replace(lamp_patch(LAMP, BRIGHT, tmp_path), folded=False)

    recovered = recover_patch(patch, MemoryTree({}))

    assert recovered.patch is patch
    assert recovered.guessed == {}


def test_a_hunk_that_meets_nothing_stays_folded_and_is_rejected(tmp_path: Path) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    tree = MemoryTree({"lamp.c": LAMP.replace("level = 1", "level = 2")})

    recovered = recover_patch(patch, tree)
    step = apply_patch(recovered.patch, tree, recovered.guessed)

    assert recovered.unmet == (("lamp.c", 1),)
    assert recovered.guessed == {"lamp.c": ()}
    assert lines_of(recovered.patch) == lines_of(patch)
    assert [type(placement) for placement in step.placements] == [Rejected]


def test_a_hunk_that_stands_already_is_taken_from_the_file(tmp_path: Path) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    tree = MemoryTree({"lamp.c": BRIGHT.replace("\tlamp_notify", " \t lamp_notify")})

    recovered = recover_patch(patch, tree)
    step = apply_patch(recovered.patch, tree, recovered.guessed)

    assert Line("+", b" \t lamp_notify(lamp);") in recovered.patch.diffs[0].hunks[0].lines
    assert [p.outcome for p in step.placements if isinstance(p, Placed)] == ["already"]
    assert step.after.read("lamp.c") == tree.read("lamp.c")


def test_context_that_looks_added_or_removed_is_told_by_the_file(tmp_path: Path) -> None:
    before = "int sum(void)\n{\n\treturn first\n\t+ second\n\t- third\n\t+ fourth;\n}\n"
    after = before.replace("\t- third\n", "\t- third\n\t+ extra\n")

    patch = lamp_patch(before, after, tmp_path)

    assert result(patch, MemoryTree({"lamp.c": before}), "lamp.c") == after.encode()


def test_a_new_file_is_proved(tmp_path: Path) -> None:
    patch = folded_patch({}, {"lamp.c": LAMP.encode()}, tmp_path)

    recovered = recover_patch(patch, MemoryTree({}))

    assert recovered.proved == ("lamp.c",)
    assert result(patch, MemoryTree({}), "lamp.c") == LAMP.encode()


def test_a_deleted_file_takes_its_lines_from_the_tree(tmp_path: Path) -> None:
    patch = folded_patch({"lamp.c": LAMP.encode()}, {}, tmp_path)

    recovered = recover_patch(patch, MemoryTree({"lamp.c": LAMP}))

    assert recovered.guessed == {"lamp.c": ()}
    assert lines_of(recovered.patch) == [("-", line.encode()) for line in LAMP.splitlines()]
    assert result(patch, MemoryTree({"lamp.c": LAMP}), "lamp.c") is None


def test_a_missing_newline_at_the_end_stays_missing(tmp_path: Path) -> None:
    before, after = LAMP.rstrip("\n"), BRIGHT.replace("level = 0", "level = -1").rstrip("\n")
    patch = lamp_patch(before, after, tmp_path)

    assert result(patch, MemoryTree({"lamp.c": before}), "lamp.c") == after.encode()


def test_carriage_returns_of_the_file_are_kept(tmp_path: Path) -> None:
    before, after = LAMP.replace("\n", "\r\n"), BRIGHT.replace("\n", "\r\n")
    diff = git_diff({"lamp.c": before.encode()}, {"lamp.c": after.encode()}, tmp_path / "diff")
    page = archive_page(diff).replace(b"\r", b"")
    (patch,) = read_series("-", page, None).patches

    assert result(patch, MemoryTree({"lamp.c": before}), "lamp.c") == after.encode()


def test_masked_addresses_are_those_of_the_file(tmp_path: Path) -> None:
    before = "/* Jan <jan@example.org>, Eva <eva@example.com> */\n\n" + LAMP
    after = before.replace("Jan <", "Jan Lamp <").replace("example.com> */", "example.com>\n */")
    diff = git_diff({"lamp.c": before.encode()}, {"lamp.c": after.encode()}, tmp_path / "diff")
    page = archive_page(diff).replace(b"@example.org", b"@xxxxxxxxxxx")
    (patch,) = read_series("-", page.replace(b"@example.com", b"@xxxxxxxxxxx"), None).patches

    recovered = recover_patch(patch, MemoryTree({"lamp.c": before}))

    assert recovered.proved == ("lamp.c",)


def test_a_binary_diff_and_an_absent_file_stay_as_they_are(tmp_path: Path) -> None:
    patch = lamp_patch(LAMP, BRIGHT, tmp_path)
    binary = replace(
        patch.diffs[0], old_path="lamp.png", new_path="lamp.png", hunks=(), binary=True
    )

    recovered = recover_patch(replace(patch, diffs=(binary, *patch.diffs)), MemoryTree({}))

    assert recovered.patch.diffs == (binary, *patch.diffs)
    assert recovered.guessed == {}
