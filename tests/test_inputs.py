"""Directories, quilt series, archive pages, bare diffs and git ranges."""

from pathlib import Path

import pytest

from kpatch_tools.domain import Series
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.inputs import read_series
from kpatch_tools.pipeline import Request, verify
from kpatch_tools.settings import settings_of_options
from tests.folding import folded
from tests.scratch_repository import ScratchRepository

SERIES = Path(__file__).parent.parent / "fixtures" / "series"
SEED = SERIES / "balloon-v2" / "0014-mm-balloon-use-general-movable-page-feature-into-balloon.txt"

DIFF = b"--- a/%s\n+++ b/%s\n@@ -1,2 +1,2 @@\n keep\n-\told();\n+\tnew();\n"


def diff(path: bytes) -> bytes:
    return DIFF % (path, path)


def mail(subject: str, path: bytes = b"x.c") -> bytes:
    return b"From: a@kpt.invalid\nSubject: %s\n\n%s" % (subject.encode(), diff(path))


def page(subject: str, path: bytes = b"x.c") -> bytes:
    head = b"%s\n\nFrom: Ann Author\nDate: Mon Mar 21 2016 - 02:32:29 EST\n\n\nWhy.\n---\n"
    return head % subject.encode() + folded(diff(path))


def summary(series: Series) -> list[tuple[int, str, bool]]:
    return [(patch.number, patch.subject, patch.folded) for patch in series.patches]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory `patches` beside which the test runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "patches").mkdir()
    return tmp_path / "patches"


def write(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)


def test_the_seed_as_published() -> None:
    series = read_series(str(SEED), None, None)

    (patch,) = series.patches
    assert (series.title, series.version, series.total) == (patch.subject, 2, 18)
    assert patch.subject == "mm/balloon: use general movable page feature into balloon"
    assert (patch.number, patch.folded, patch.message_id) == (14, True, None)
    assert (patch.author, patch.date) == ("Minchan Kim", "Mon Mar 21 2016 - 02:32:29 EST")
    assert patch.message.startswith("Now, VM has a feature to migrate non-lru movable pages so\n")
    assert patch.message.endswith("\nSigned-off-by: Minchan Kim <minchan@xxxxxxxxxx>")
    signs = [line.sign for d in patch.diffs for hunk in d.hunks for line in hunk.lines]
    # its own diffstat: 8 files changed, 113 insertions(+), 164 deletions(-)
    assert (len(patch.diffs), signs.count("+"), signs.count("-")) == (8, 113, 164)
    assert sum(len(d.hunks) for d in patch.diffs) == 21
    assert patch.diffs[3].blobs is not None
    assert patch.diffs[3].blobs.after == "e1fbe72c39c0"


def test_the_founding_series_is_one() -> None:
    series = read_series(str(SERIES / "balloon-v2"), None, None)

    assert [(n, folded) for n, _, folded in summary(series)] == [(13, False), (14, True)]
    assert (series.version, series.total) == (2, 18)
    assert series.missing == (*range(1, 13), *range(15, 19))


def test_a_directory_is_sorted_by_the_numbers_of_subjects(folder: Path) -> None:
    write(
        folder,
        a__patch=mail("[PATCH v2 3/3] three"),
        b__txt=page("[PATCH v2 1/3] one"),
        c__eml=mail("[PATCH v2 2/3] two"),
        cover__patch=b"From: a@kpt.invalid\nSubject: [PATCH v2 0/3] the title\n\nAll.\n",
        notes__txt=b"to do: nothing\n",
        README=b"not looked at\n",
    )

    series = read_series("patches", None, None)

    assert summary(series) == [(1, "one", True), (2, "two", False), (3, "three", False)]
    assert (series.title, series.version, series.total) == ("the title", 2, 3)
    assert [(n.place.path, n.reason) for n in series.skipped] == [
        ("notes.txt", "a text without a diff")
    ]


def test_a_directory_without_numbers_is_sorted_by_name(folder: Path) -> None:
    write(folder, b__patch=mail("second"), a__patch=mail("first"), c__diff=diff(b"x.c"))

    series = read_series("patches", None, None)

    assert summary(series) == [(1, "first", False), (2, "second", False), (3, "c", False)]


def test_patches_of_several_series_are_sorted_by_name(folder: Path) -> None:
    write(
        folder,
        a__patch=mail("[PATCH 2/9] from one"),
        b__patch=mail("[PATCH 1/3] from another"),
        c__patch=mail("[PATCH 2/3] from another too"),
    )

    assert [n for n, _, _ in summary(read_series("patches", None, None))] == [1, 2, 3]


def test_a_directory_of_mboxes_is_one_series(folder: Path) -> None:
    line = b"From x Thu Jan  1 00:00:00 1970\n"
    two = line + mail("[PATCH 1/3] one") + b"\n" + line + mail("[PATCH 2/3] two")
    write(folder, a__mbox=two, b__patch=mail("[PATCH 3/3] three"))

    assert [n for n, _, _ in summary(read_series("patches", None, None))] == [1, 2, 3]


def test_a_quilt_series_gives_the_order(folder: Path) -> None:
    (folder / "fix").mkdir()
    write(
        folder,
        series=b"# the order\n\nsecond.patch -p1 # note\nfix/first.diff -pab\n#gone.patch\n",
        second__patch=mail("[PATCH 7/9] of another series"),
        unused__patch=mail("not listed"),
    )
    write(folder / "fix", first__diff=b"No header.\n" + diff(b"x.c"))

    series = read_series("patches", None, None)

    assert summary(series) == [(1, "of another series", False), (2, "first", False)]
    assert series.total == 2


def test_a_stale_diffstat_in_quilt_is_noted(folder: Path) -> None:
    stat = b" 1 file changed, 9 insertions(+)\n"
    write(folder, series=b"a.patch\n", a__patch=b"From: a\nSubject: a\n\n---\n" + stat + diff(b"x"))

    (note,) = read_series("patches", None, None).skipped

    assert note.place.path == "a.patch"
    assert note.reason.startswith("the diffstat says 1 files, 9 lines added, 0 removed")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"absent.patch\n", "patches/series names absent.patch, which is no file there"),
        (b"a.patch -p0\n", "line 1 of the quilt series file: 'a.patch -p0' cannot be read"),
        (b"../a.patch\n", "line 1 of the quilt series file: '../a.patch' cannot be read"),
        (b"/etc/passwd\n", "line 1 of the quilt series file: '/etc/passwd' cannot be read"),
        (b"# all gone\n", "the quilt series file lists no patch"),
        (b"empty.patch\n", "patches/empty.patch holds no diff"),
    ],
)
def test_a_quilt_series_that_cannot_be_read(folder: Path, line: bytes, message: str) -> None:
    write(folder, series=line, a__patch=mail("a"), empty__patch=b"")

    with pytest.raises(KptError) as raised:
        read_series("patches", None, None)

    assert raised.value.message == message
    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD


def test_an_exact_archive_page_is_not_folded(folder: Path) -> None:
    exact = page("[PATCH] x")[: -len(folded(diff(b"x.c")))] + diff(b"x.c")
    write(folder.parent, page__txt=exact)

    assert summary(read_series("page.txt", None, None)) == [(1, "x", False)]


def test_an_archive_page_with_a_new_file_alone_is_folded(folder: Path) -> None:
    # every line has its sign, so the counts add up although whitespace is lost
    head = page("[PATCH] x")[: -len(folded(diff(b"x.c")))]
    text = head + b"--- /dev/null\n+++ b/x.c\n@@ -0,0 +1,3 @@\n+{\n+ if (x)\n+ return;\n"
    write(folder.parent, page__txt=text)

    assert summary(read_series("page.txt", None, None)) == [(1, "x", True)]


def test_a_mail_with_a_folded_diff_is_folded() -> None:
    text = b"From: a@kpt.invalid\nSubject: [PATCH] x\n\nWhy.\n---\n" + folded(diff(b"x.c"))

    assert summary(read_series("-", text, None)) == [(1, "x", True)]


def test_a_bare_diff_is_called_after_its_file(folder: Path) -> None:
    write(folder.parent, change__diff=b"Why it is so.\n\n" + diff(b"x.c"))

    (patch,) = read_series("change.diff", None, None).patches

    assert (patch.number, patch.subject, patch.message) == (1, "change", "Why it is so.")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScratchRepository:
    """Four commits, tagged one to four; the current directory is elsewhere."""
    made = ScratchRepository(tmp_path / "linux")
    for name in ("one", "two", "three", "four"):
        made.commit(f"add {name}\n\nWhy {name}.", {name: name.encode() + b"\n"})
        made.git("tag", name)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.parametrize("tree", ["linux", "linux@one", "linux/.git"])
def test_a_range_of_the_tree(repository: ScratchRepository, tree: str) -> None:
    series = read_series("two..four", None, tree)

    assert summary(series) == [(1, "add three", False), (2, "add four", False)]
    assert (series.title, series.version, series.total) == ("two..four", 1, 2)
    assert series.base == repository.git("rev-parse", "two").decode().strip()
    assert series.patches[0].message == "Why three."
    assert series.patches[0].author == "A Tester <tester@kpt.invalid>"


def test_a_range_of_the_repository_at_hand(
    repository: ScratchRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.folder)

    assert [n for n, _, _ in summary(read_series("one..", None, None))] == [1, 2, 3]
    assert [n for n, _, _ in summary(read_series("one..", None, "."))] == [1, 2, 3]


def test_one_commit(repository: ScratchRepository) -> None:
    series = read_series("three", None, "linux")

    assert summary(series) == [(1, "add three", False)]
    assert series.title == "add three"
    assert series.base == repository.git("rev-parse", "two").decode().strip()


def test_a_root_commit_has_no_base(repository: ScratchRepository) -> None:
    assert read_series("one", None, "linux").base is None


MERGED = "a merge, judged as one patch; of the {} commits that it brings none by itself: {}"


def test_a_merge_is_one_patch_on_its_first_parent(repository: ScratchRepository) -> None:
    repository.git("checkout", "--quiet", "-b", "side", "two")
    repository.commit("side work", {"side": b""})
    repository.git("merge", "--quiet", "--no-edit", "-m", "merge main", "main")

    series = read_series("two..side", None, "linux")

    assert summary(series) == [(1, "side work", False), (2, "merge main", False)]
    assert [diff.path for diff in series.patches[1].diffs] == ["four", "three"]
    assert [note.reason for note in series.skipped] == [MERGED.format(2, "merge main")]


def test_the_line_of_patches_leads_to_the_older_end(repository: ScratchRepository) -> None:
    repository.git("checkout", "--quiet", "-b", "side", "two")
    repository.commit("side work", {"side": b""})
    repository.git("merge", "--quiet", "--no-edit", "-m", "merge main", "main")

    series = read_series("four..side", None, "linux")

    assert series.base == repository.git("rev-parse", "four").decode().strip()
    assert [[diff.path for diff in patch.diffs] for patch in series.patches] == [["side"]]
    assert [note.reason for note in series.skipped] == [MERGED.format(1, "merge main")]


def test_a_merge_that_both_lines_changed_applies_to_its_parent(
    repository: ScratchRepository,
) -> None:
    repository.git("checkout", "--quiet", "-b", "side", "two")
    repository.commit("side work", {"two": b"of side\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit("main work", {"two": b"of main\n"})
    repository.git("merge", "--quiet", "--no-commit", "--strategy=ours", "side")
    merge = repository.commit("merge side", {"two": b"of both\n"})

    report = verify(
        Request(f"four..{merge}", "linux", settings=settings_of_options(model="off")),
        lambda _: None,
    )

    assert [finding.rule for finding in report.findings] == []
    assert report.steps[-1].after.read("two") == b"of both\n"


def test_a_merge_alone_is_read_against_its_first_parent(repository: ScratchRepository) -> None:
    repository.git("checkout", "--quiet", "-b", "side", "two")
    repository.commit("side work", {"side": b""})
    repository.git("merge", "--quiet", "--no-edit", "-m", "merge main", "main")

    series = read_series("side", None, "linux")

    assert [diff.path for diff in series.patches[0].diffs] == ["four", "three"]


def test_a_file_of_that_name_goes_before_a_revision(repository: ScratchRepository) -> None:
    Path("three").write_bytes(mail("[PATCH] from the file"))

    assert summary(read_series("three", None, "linux")) == [(1, "from the file", False)]


def test_an_empty_range_is_refused(repository: ScratchRepository) -> None:
    with pytest.raises(KptError, match=r"there is no commit in four\.\.two") as raised:
        read_series("four..two", None, "linux")

    assert raised.value.exit_code == Exit.NOT_UNDERSTOOD
