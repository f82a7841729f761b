"""Words in texts, and in listings of lines, against a plain pattern over each line."""

import random
import re

import pytest

from kpatch_tools.tree.words import finder, holding, naming

PIECES = ("page", "page_count", "count", "_", "-", " ", "x", "\u00e9", "1")


def some_text(chosen: random.Random) -> bytes:
    return "".join(chosen.choices(PIECES, k=chosen.randrange(6))).encode()


def test_a_word_is_found_whole() -> None:
    chosen = random.Random(3)
    for _ in range(2000):
        words = frozenset(chosen.sample(PIECES[:3], chosen.randrange(1, 4)))
        text = some_text(chosen)
        plain = any(re.search(rb"(?<!\w)" + word.encode() + rb"(?!\w)", text) for word in words)
        assert finder(words)(text) == plain


@pytest.mark.parametrize("odd", [False, True])
def test_a_listing_tells_the_paths_and_lines_of_a_word(*, odd: bool) -> None:
    chosen = random.Random(4)
    paths = (b"mm/page.c", b"page", b"a b.h", *((b"mm/new\nline.c",) if odd else ()))
    for _ in range(500):
        lines = [(chosen.choice(paths), some_text(chosen)) for _ in range(5)]
        listing = b"".join(b"%s\0%s\n" % line for line in lines)
        whole = re.compile(rb"(?<!\w)page(?!\w)")
        plain = sorted({path.decode() for path, text in lines if whole.search(text)})
        assert list(naming(listing, frozenset({"page"}))) == plain
        kept = b"".join(b"%s\0%s\n" % (path, text) for path, text in lines if b"page" in text)
        assert holding(listing, "page") == kept
