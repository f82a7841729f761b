"""Findings that a person waived, or that a baseline has: told apart, not counted."""

from kpatch_tools.waivers.excusing import (
    Excused,
    Waiver,
    as_trailer,
    excuse,
    spelling,
    trailers,
    untrusted,
    written,
)
from kpatch_tools.waivers.files import FILE, PRIVATE, private_file, waivers_at

__all__ = [
    "FILE",
    "PRIVATE",
    "Excused",
    "Waiver",
    "as_trailer",
    "excuse",
    "private_file",
    "spelling",
    "trailers",
    "untrusted",
    "waivers_at",
    "written",
]
