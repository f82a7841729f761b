"""Turns what people send into a Series: one reader per file."""
