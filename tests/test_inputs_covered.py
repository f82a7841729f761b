"""Pages that indent, quote or escape what they show, held against the mail that they show."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpatch_tools.domain import Patch
from kpatch_tools.inputs import read_series

MAILS = Path(__file__).parent.parent / "fixtures" / "mails"
ARROW = b"""\
From: Ann Author <ann@kpt.invalid>
Subject: [PATCH] mm: change x

a < b && b > c, "so" it\'s.
---
diff --git a/mm/x.c b/mm/x.c
--- a/mm/x.c
+++ b/mm/x.c
@@ -1,4 +1,4 @@
 #include <linux/mm.h>

-\told->next &= 1;
+\tnew->next &= 1;
 \tx = "a";
"""


def before_each(mark: bytes) -> Callable[[bytes], bytes]:
    return lambda text: b"".join(mark + line for line in text.splitlines(keepends=True))


def quoted(text: bytes) -> bytes:
    """As a mailer quotes: nothing after the mark of an empty line."""
    lines = text.split(b"\n")
    return b"\n".join((b"> " + line if line else b">") for line in lines[:-1]) + b"\n"


def escaped(text: bytes) -> bytes:
    for plain, name in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;")):
        text = text.replace(plain, name)
    return text.replace(b"'", b"&#39;")


def only(text: bytes) -> Patch:
    (patch,) = read_series("-", text, None).patches
    return patch


COVERS = {
    "indented": before_each(b"    "),
    "by a tab": before_each(b"\t"),
    "quoted": quoted,
    "quoted twice": lambda text: quoted(quoted(text)),
    "escaped": escaped,
    "escaped and indented": lambda text: before_each(b"  ")(escaped(text)),
}


@pytest.mark.parametrize("cover", COVERS)
@pytest.mark.parametrize("mail", ["plain", "quoted_printable", "flowed", "rename_and_change"])
def test_a_covered_mail_is_the_mail(mail: str, cover: str) -> None:
    content = (MAILS / f"{mail}.eml").read_bytes()
    assert only(COVERS[cover](content)) == only(content)


@pytest.mark.parametrize("cover", COVERS)
def test_what_is_escaped_comes_back(cover: str) -> None:
    assert only(COVERS[cover](ARROW)) == only(ARROW)
    assert only(ARROW).diffs[0].hunks[0].lines[0].text == b"#include <linux/mm.h>"


def test_an_escape_that_was_written_stays() -> None:
    written = ARROW.replace(b'"a"', b'"&lt;&amp;"')
    lines = only(written).diffs[0].hunks[0].lines
    assert lines[-1].text == b'\tx = "&lt;&amp;";'


def test_a_page_that_indents_what_follows_its_fields() -> None:
    head, _, body = ARROW.partition(b"\n\n")
    page = b"mm: change x\n\nFrom: Ann Author\nDate: today\n\n" + before_each(b"    ")(body)
    assert only(page).diffs == only(ARROW).diffs
    assert only(page).message == only(ARROW).message
    assert head
