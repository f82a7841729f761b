"""Turns a text into lines of at most 80 columns, words and paths kept whole."""

from textwrap import wrap

WIDTH = 80


def wrapped(text: str, indent: str) -> list[str]:
    """Lines behind `indent`; those after the first two columns further in."""
    return wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
