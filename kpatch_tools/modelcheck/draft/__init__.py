"""Turns functions of a Tree into a first scenario: its three texts, and what it lacks."""

from kpatch_tools.modelcheck.draft.drafting import Draft, draft
from kpatch_tools.modelcheck.draft.objects import FILL

__all__ = ["FILL", "Draft", "draft"]
