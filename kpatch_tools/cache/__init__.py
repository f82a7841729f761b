"""Keeps what was read of blobs and trees over runs, in one SQLite file; the gate to sqlite3.

Every answer is the same with and without it. It may be deleted at any time.
"""

from kpatch_tools.cache.facts import Cache, cache_at_hand, no_cache

__all__ = ["Cache", "cache_at_hand", "no_cache"]
