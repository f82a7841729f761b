"""The colours of a report on a terminal."""

from rich.highlighter import RegexHighlighter
from rich.theme import Theme

COLOURS = Theme(
    {
        "kpt.error": "bold red",
        "kpt.warning": "yellow",
        "kpt.good": "green",
        "kpt.quiet": "dim",
        "kpt.heading": "bold",
    }
)


class ReportHighlighter(RegexHighlighter):
    """Colours for the words that carry the verdict; the text stays as it is."""

    base_style = "kpt."
    highlights = [  # noqa: RUF012 - rich reads a plain list from the class
        r"(?m)^(?P<error>error:)",
        r"(?m)^(?P<warning>warning:)",
        r"(?m)^(?P<heading>[A-Z][A-Z ]+)(?=$|:| \()",
        r"(?P<error>\b(REFUTED|refuted|stale|unrouted|violated|rejected)\b)",
        r"(?P<good>\b(PROVED|proved|routed|updated|held)\b)",
        r"(?P<warning>\b(INCOMPLETE|incomplete|unproved|unclassified|bounded|not built)\b)",
        r"(?m)(?P<quiet>^ +> .*$)",
    ]
