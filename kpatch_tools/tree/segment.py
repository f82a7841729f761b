"""Turns contents into a packed index of their identifiers: a word gives the numbers that hold it.

A segment is for up to 65,536 contents, numbered. Each identifier of each
content is an unsigned number of 32 bits in one of 4,096 buckets: the bucket by
the low bits of the word's CRC-32, its high 16 bits before those of the
content's number. What a lookup gives may hold the word: the few that do not
(one in some hundred million pairs) are told apart by reading them.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator

BUCKETS = 4096
LARGEST = 65536
# Letters, digits and _ as they are, all else a blank: as `git grep -w` sees words.
_BLANKED = bytes(
    c if chr(c).isascii() and (chr(c).isalnum() or c == 95) else 32 for c in range(256)
)
# Words that begin with a digit are numbers, and no identifiers.
_AFTER_DIGITS = b":"


def buckets(contents: Iterable[bytes]) -> Iterator[bytes]:
    """The buckets of a segment, in order; contents are numbered as they come."""
    found = [array("I") for _ in range(BUCKETS)]
    adds = [bucket.append for bucket in found]
    crc = zlib.crc32
    for number, content in enumerate(contents):
        for word in set(content.translate(_BLANKED).split()):
            if word > _AFTER_DIGITS:
                hashed = crc(word)
                adds[hashed & 4095](hashed & 0xFFFF0000 | number)
    for bucket in found:
        yield array("I", sorted(bucket)).tobytes()


def identifiers_of(word: str) -> tuple[bytes, ...]:
    """The identifiers that a sought word is made of (`virtio-ring` of two); () where of none."""
    found = word.encode("utf-8", "surrogateescape").translate(_BLANKED).split()
    return tuple(each for each in found if each > _AFTER_DIGITS)


def bucket_of(identifier: bytes) -> int:
    """The bucket that an identifier is in."""
    return zlib.crc32(identifier) % BUCKETS


def numbers(identifier: bytes, bucket: bytes) -> frozenset[int]:
    """The contents that may hold the identifier. ValueError where the bucket is none."""
    packed = array("I")
    packed.frombytes(bucket)
    wanted = zlib.crc32(identifier) >> 16
    return frozenset(each & 0xFFFF for each in packed if each >> 16 == wanted)
