"""Turns steps into a Review: before and after joined, patch by patch."""
