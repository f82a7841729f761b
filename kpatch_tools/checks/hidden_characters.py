"""A line that a patch adds holds characters that an editor or a review does not show.

What it finds
    In lines that a patch adds: controls of writing direction (U+202A to
    U+202E, U+2066 to U+2069, the marks U+200E, U+200F, U+061C) and tag
    characters (U+E0000 to U+E007F), an error; zero-width and other invisible
    ones (U+00AD, U+180E, U+200B to U+200D, U+2060, U+FEFF), a warning.

Why it matters
    With direction controls a line is read in another order than it is
    compiled (CVE-2021-42574, "Trojan Source"); an invisible letter makes two
    names that look the same. No C file of Linux 6.1 has a direction control.

Example
    +	if (access_level != "user<U+202E> <U+2066>// admin<U+2069> <U+2066>") {

What it does not see
    Letters of other alphabets that look the same. Documentation/, where people
    write languages that need these characters.
"""

import re
from collections.abc import Iterator

from kpatch_tools.checks._uses import touched_paths
from kpatch_tools.domain import Case, Finding, Place, Snapshot

SEVERITY = "error"
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\U000e0000-\U000e007f]")
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200d\u2060\ufeff]")
# What one of these begins with, as UTF-8: most files have none.
BEGINS = re.compile(b"[\xc2\xd8\xe1\xe2\xef\xf3]")
WRITTEN_FOR_PEOPLE = "Documentation/"


def check(case: Case) -> Iterator[Finding]:
    """One finding for each line, at each snapshot in which it stands; the base's own too."""
    review = case.review
    paths = sorted(
        path for path in touched_paths(review) if not path.startswith(WRITTEN_FOR_PEOPLE)
    )
    for snapshot in review.snapshots:
        for path in paths:
            source = snapshot.tree.read(path) or b""
            if BEGINS.search(source) and b"\0" not in source:
                yield from _in_file(path, source, snapshot)


def _in_file(path: str, source: bytes, snapshot: Snapshot) -> Iterator[Finding]:
    for number, line in enumerate(source.split(b"\n"), start=1):
        text = line.decode("utf-8", "replace")
        directing, hidden = DIRECTION.findall(text), INVISIBLE.findall(text)
        if directing or hidden:
            names = ", ".join(f"U+{ord(each):04X}" for each in dict.fromkeys(directing + hidden))
            what = "change the order in which it is read" if directing else "are not shown"
            yield Finding(
                rule="hidden-characters",
                severity="error" if directing else "warning",
                evidence="proved",
                patch=snapshot.number,
                place=Place(path, number),
                message=f"the line holds characters that {what}: {names}",
                suggestion="remove them, or write them as escapes",
                subject=text.strip(),
            )
