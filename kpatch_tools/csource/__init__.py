"""Reads kernel C: tokens, mask, parse, regions, references, definitions."""
