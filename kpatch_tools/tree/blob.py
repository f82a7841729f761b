"""Turns content into the id that git gives it."""

import hashlib


def blob_id(content: bytes) -> str:
    """40 hex digits: SHA-1 over `blob SIZE\\0` and the content (gitformat-pack, hash-object)."""
    state = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    state.update(content)
    return state.hexdigest()
