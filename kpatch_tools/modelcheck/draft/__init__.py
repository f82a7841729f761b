"""Turns functions of a Tree into a first scenario: its three texts, and what it lacks."""

from kpatch_tools.modelcheck.draft.drafting import Draft, draft

__all__ = ["Draft", "draft"]
