"""Turns addresses that an archive masked back into those that the file has.

Archives hide the domain of every address, in diffs too: `jan@xxxxxxxxxxx`, one
`x` for each character. The file before mostly has the same address.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from kpatch_tools.domain import Hunk

# jan@example.org
ADDRESS = re.compile(rb"(?P<name>[\w.+-]+)@(?P<domain>[\w.-]*\w)")
# jan@xxxxxxxxxxx
MASKED = re.compile(rb"(?P<name>[\w.+-]+)@(?P<mask>x{4,})(?![\w.-])")


def unmasked(hunks: Sequence[Hunk], content: bytes) -> tuple[Hunk, ...]:
    """The hunks with each masked address that is one of the file's, and only one, put in."""
    if not any(b"@xxxx" in line.text for hunk in hunks for line in hunk.lines):
        return tuple(hunks)
    known: dict[tuple[bytes, int], set[bytes]] = {}
    for match in ADDRESS.finditer(content):
        known.setdefault((match["name"], len(match["domain"])), set()).add(match[0])

    def address(match: re.Match[bytes]) -> bytes:
        found = known.get((match["name"], len(match["mask"])), {match[0]})
        return min(found) if len(found) == 1 else match[0]

    return tuple(
        replace(
            hunk,
            lines=tuple(replace(line, text=MASKED.sub(address, line.text)) for line in hunk.lines),
        )
        for hunk in hunks
    )
