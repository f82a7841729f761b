"""Turns diff text into FileDiffs and back: the gate to unidiff.

Lines are split at `\\n` alone: a carriage return belongs to the text.
"""

from kpatch_tools.diff.hunks import is_signature
from kpatch_tools.diff.printing import format_diff
from kpatch_tools.diff.reading import parse_diffs, parse_folded_diffs, starts_diff

__all__ = ["format_diff", "is_signature", "parse_diffs", "parse_folded_diffs", "starts_diff"]
