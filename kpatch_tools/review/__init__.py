"""Turns steps into a Review: before and after joined, patch by patch."""

from kpatch_tools.review.reviewing import review, symbols_in_question

__all__ = ["review", "symbols_in_question"]
