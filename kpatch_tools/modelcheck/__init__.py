"""Runs the patched C of a Tree under every interleaving of a scenario."""
