"""The HTML report as text: well-formed, self-contained, whole, and only ours where it is markup."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from html_pages import HOSTILE, founding, hostile, read
from reports_example import elsewhere, finding, patch, report
from terminal import Terminal

from kpatch_tools.domain import (
    Aligned,
    Bounded,
    CallSite,
    Excuse,
    Extraction,
    Gone,
    ModelRun,
    NotBuilt,
    Place,
    Placed,
    Rejected,
    Report,
    Since,
)
from kpatch_tools.reports import html
from kpatch_tools.reports._html import routes
from kpatch_tools.reports._html.numbering import numbered_hunks

REPORTS = {"example": report, "founding": founding, "hostile": hostile}


@pytest.mark.parametrize("name", REPORTS)
def test_every_element_is_closed_and_every_link_leads_somewhere(name: str) -> None:
    document = read(html.render(REPORTS[name]()))
    assert (document.wrong, document.open) == ([], [])
    assert [each for each, times in Counter(document.ids).items() if times > 1] == []
    assert {target for target in document.targets if not target.startswith("#")} == set()
    assert {target[1:] for target in document.targets} - set(document.ids) == set()


@pytest.mark.parametrize("name", REPORTS)
def test_two_pages_of_one_report_are_the_same(name: str) -> None:
    assert html.render(REPORTS[name]()) == html.render(REPORTS[name]())


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_asked_of_anyone(name: str) -> None:
    page = html.render(REPORTS[name]())
    document = read(page)
    assert document.attributes & {"src", "srcset", "action", "style", "data", "poster"} == set()
    assert set(document.elements) & {"link", "img", "iframe", "object", "embed", "base"} == set()
    assert [name for name in document.attributes if name.startswith("on")] == []
    assert re.findall(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", page) == []
    assert "default-src 'none'" in page


def test_hostile_text_stands_there_as_text() -> None:
    page = html.render(hostile())
    document = read(page)
    assert (document.elements.count("script"), document.elements.count("img")) == (1, 0)
    assert "theirs" not in document.ids
    said = "".join(document.said)
    shown = HOSTILE.replace("\x1b", "\\u001b").replace("\x07", "\\u0007").replace("\0", "\\u0000")
    shown = shown.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")
    assert shown.replace("\udcff", "\\udcff") in said
    assert (
        re.findall("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page) == []
    )


def test_every_word_of_the_report_is_in_the_page() -> None:
    said = "".join(read(html.render(report())).said)
    for word in (
        "lib: call h instead of g",
        "h is not declared where it is called",
        "# CONFIG_H is not set",
        "KCONFIG_ALLCONFIG=kpt.config alldefconfig",
        "guard the call",
        "0123456789ab",
        "kpt model things --series SERIES --patch 2 --replay a1b2",
        "weak memory",
        "printk",
        "$(shell ...) is never run",
        "patches 1, 3 of 3",
        "A use of a symbol in a configuration in which nothing declares it.",
        "\t\treturn h();",
    ):
        assert word in said, word


def test_a_finding_stands_under_its_line() -> None:
    page = html.render(report())
    # hand count, as in reports_example: `return h();` is line 6 after the patch
    line = page.index('<span class="a hit error" id=l1-1-1-6 data-n=6>+\t\treturn h();')
    assert page.index("h is not declared where", line) < page.index("+\treturn 0;", line)


def test_numbers_of_the_example_are_those_counted_by_hand() -> None:
    step = report().steps[0]
    (hunk,) = numbered_hunks(step, step.patch.diffs[0])
    assert [(line.old, line.new) for line in hunk.lines] == [
        (2, 2), (3, 3), (4, 4), (5, None), (None, 5), (None, 6), (None, 7), (6, 8),
    ]  # fmt: skip


def test_every_line_of_the_founding_series_has_its_numbers() -> None:
    counted = 0
    for step in founding().steps:
        for diff in step.patch.diffs:
            for hunk in numbered_hunks(step, diff):
                for line in hunk.lines:
                    assert (line.old is None) == (line.sign == "+"), (diff.path, line)
                    assert (line.new is None) == (line.sign == "-"), (diff.path, line)
                    counted += 1
    hunks = [hunk for step in founding().steps for d in step.patch.diffs for hunk in d.hunks]
    assert counted == sum(len(hunk.lines) for hunk in hunks) > 500


def test_lines_of_a_file_that_stayed_as_it_was_have_no_number_after() -> None:
    given = report()
    refused = Rejected("lib/f.c", 1, 2, "no such lines", b"int b;", b"int a;")
    step = replace(given.steps[0], placements=(refused,), after=given.steps[0].before, files=())
    (hunk,) = numbered_hunks(step, step.patch.diffs[0])
    assert {(line.old, line.new) for line in hunk.lines} == {(None, None)}
    misfit = replace(finding(), rule="does-not-apply", place=Place("lib/f.c", 2))
    page = html.render(replace(given, steps=(step,), findings=(misfit,)))
    assert "rejected: no such lines" in page
    assert page.index("rejected: no such") < page.index('class="finding error"')
    assert page.index('class="finding error"') < page.index("+\treturn 0;")


def test_a_hunk_that_moved_says_by_how_much() -> None:
    step = report().steps[0]
    moved = replace(step, placements=(Placed("lib/f.c", 1, 2, "offset", -40),))
    assert "offset -40, at line 2" in html.render(replace(report(), steps=(moved,)))


def test_the_matrix_tells_what_came_and_what_went() -> None:
    first = replace(finding(), patch=1, introduced_in=1, gone_in=2)
    steps = (
        replace(report().steps[0], patch=replace(patch(), number=1, diffs=())),
        report().steps[0],
    )
    page = html.render(replace(report(), steps=steps, findings=(first, elsewhere())))
    body = page[page.index('class="matrix"') : page.index('id="findings"')]
    rows = [re.sub(r"<[^>]*>", " ", row).split() for row in body.split("<tr>")[2:]]
    # columns: model-leak, undeclared-in-config
    assert [[word for word in row if word in {"E", "\N{MINUS SIGN}E"}] for row in rows] == [
        ["E"],
        ["E", "\N{MINUS SIGN}E"],
    ]
    assert f'href="#finding-{first.id}"' in body


def test_what_does_not_apply_is_to_be_fixed_first_and_what_is_mended_later_last() -> None:
    mended = replace(finding(), message="is mended later", gone_in=3, id="0a")
    stays = replace(finding(), message="stays", id="0b")
    misfit = replace(finding(), message="does not fit", rule="does-not-apply", gone_in=3, id="0c")
    page = html.render(replace(report(), findings=(mended, stays, misfit)))
    first = page[page.index('class="first"') : page.index('id="matrix"')]
    assert re.findall(r'href="#finding-(0.)"', first) == ["0c", "0b", "0a"]


def test_what_the_base_has_is_apart_and_not_counted() -> None:
    old = replace(finding(), preexisting=True, patch=0, introduced_in=0)
    page = html.render(replace(report(), findings=(old,)))
    assert page.index('id="base-too"') < page.index(f'id="finding-{old.id}"')
    assert "Nothing was found." in page


def test_what_is_excused_is_told_with_its_reason_and_not_counted() -> None:
    waived = replace(finding(), excuse=Excuse("waived", "hardware has one", ".kpt-waivers:3"))
    page = html.render(replace(report(), findings=(waived, elsewhere())))
    counted = page[page.index('id="findings"') : page.index('id="excused"')]
    assert (waived.id in counted, elsewhere().id in counted) == (False, True)
    apart = page[page.index('id="excused"') : page.index('id="patches"')]
    assert "waived: hardware has one (.kpt-waivers:3)" in apart
    assert f'href="#finding-{waived.id}"' in apart
    assert f'id="finding-{waived.id}"' in page


def test_two_versions_are_told_apart() -> None:
    old = replace(finding(), place=Place("lib/old.c", 9), function="was", id="000000000001")
    gone = replace(finding(), message="it was wrong", id="000000000002")
    since = Since(
        "lib: h, v1",
        (Aligned(1, 2), Aligned(2, None), Aligned(None, 3), Aligned(4, 4, True)),
        (Gone(gone, "its patch was dropped"),),
        ((old, finding()),),
        (elsewhere(),),
    )
    page = html.render(replace(report(), since=since))
    document = read(page)
    assert (document.wrong, document.open) == ([], [])
    part = page[page.index('id="since"') : page.index('id="patches"')]
    said = " ".join(re.sub(r"<[^>]*>", " ", part).split())
    for word in (
        "1 is 2, changed, 2 dropped, 3 new, 4 is 4",
        "Gone 1 error it was wrong",
        "its patch was dropped",
        "Stays 1 error h is not declared where it is called",
        "was lib/old.c:9 in was",
        "New 1 error in the model things",
    ):
        assert word in said, (word, said)


def test_outcomes_that_decide_nothing_say_why() -> None:
    runs = (
        ModelRun(2, "a", Bounded("3 states", 3, 4, Extraction(trapped=("panic",)))),
        ModelRun(2, "b", NotBuilt("no compiler", ("gcc",))),
    )
    said = "".join(read(html.render(replace(report(), runs=runs))).said)
    for word in (
        "bounded 3 states (3 states, 4 transitions)",
        "no compiler; missing: gcc",
        "panic",
    ):
        assert word in said


def test_routes_that_share_a_hop_share_its_box() -> None:
    drawn = routes.drawing("g", [("a", "m", "x"), ("b", "m", "x"), ("b", "x via ops")])
    boxes = re.findall(r"<rect ([^>]*)/>", drawn)
    assert len(boxes) == 5  # a, b, m, x, "x via ops"
    assert drawn.count('class="edge"') == 4  # a-m, b-m, m-x, b-"x via ops"
    corners = {tuple(re.findall(r'(?:x|y)="(\d+)"', box)) for box in boxes}
    assert len(corners) == 5


def test_a_route_that_comes_back_is_drawn() -> None:
    assert routes.drawing("g", [("a", "b", "a", "c"), ("c", "a")]).count("<rect") == 3


def test_series_without_findings_calls_or_model_is_a_page() -> None:
    bare: Report = replace(report(), findings=(), callsites=(), runs=(), skipped=(), steps=())
    document = read(html.render(bare))
    assert (document.wrong, document.open) == ([], [])
    assert {"call-sites", "model", "base-too"} & set(document.ids) == set()


def test_call_sites_lead_to_their_lines_before_and_after() -> None:
    # `return g();` was line 5, `return h();` is line 6
    site = CallSite(
        2, "g", "call", Place("lib/f.c", 5), Place("lib/f.c", 6), "f", finding().condition, "stale"
    )
    page = html.render(replace(report(), callsites=(site,)))
    table = page[page.index('class="list sites"') :]
    assert ("#l1-1-1-o5" in table, "#l1-1-1-6" in table) == (True, True)


SERIES = """\
From 0000000000000000000000000000000000000001 Mon Sep 17 00:00:00 2001
From: "<b id=theirs>A</b>" <a@example.org>
Date: Mon, 21 Mar 2016 15:31:02 +0900
Subject: [PATCH] </title><script>alert(1)</script> \x1b[31m<!--

</pre><img src=x onerror=alert(2)>

---
diff --git a/lib/<svg onload=alert(3)>.c b/lib/<svg onload=alert(3)>.c
--- a/lib/<svg onload=alert(3)>.c
+++ b/lib/<svg onload=alert(3)>.c
@@ -1,2 +1,3 @@
 int a; /* </script> */
+int \u202eb; /* </span></pre><script>alert(4)</script> */
 int c;
--
2.39.2
"""


def test_a_hostile_series_is_inert_in_the_page_that_kpt_writes(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "tree" / "lib").mkdir(parents=True)
    stood = "int a; /* </script> */\nint c;\n"
    (tmp_path / "tree" / "lib" / "<svg onload=alert(3)>.c").write_text(stood)
    (tmp_path / "series.mbox").write_text(SERIES)
    page = tmp_path / "page.html"
    given = (str(tmp_path / "series.mbox"), "--tree", str(tmp_path / "tree"), "--model", "off")
    code, _, err = terminal.kpt("verify", *given, "--format", f"html={page}")
    assert (code in {0, 1, 5}, err) == (True, "")
    document = read(page.read_text("utf-8"))
    assert (document.wrong, document.open, document.elements.count("script")) == ([], [], 1)
    assert {"svg", "img", "b"} & set(document.elements) == set()
    said = "".join(document.said)
    for word in (
        "</title><script>alert(1)</script> \\u001b[31m<!--",
        "lib/<svg onload=alert(3)>.c",
        "+int \\u202eb; /* </span></pre><script>alert(4)</script> */",
        "</pre><img src=x onerror=alert(2)>",
    ):
        assert word in said, word
