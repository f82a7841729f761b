"""Turns a step into what `git am` makes of its mail: files, message, author."""

import re

from kpatch_tools.domain import Patch, Step, Tree
from kpatch_tools.git import Author

# [media] [staging-next] what git am takes from a subject beside [PATCH 1/2]
_BRACKETS = re.compile(r"(?:\[[^\]]*\][ \t:]*|re:[ \t:]*)+", re.IGNORECASE)
# Gioh Kim <gurugio@hanmail.net>
_AUTHOR = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>")


def changed_files(step: Step) -> dict[str, tuple[int, bytes] | None]:
    """Every file that the step changes or makes, as (mode, content); None: it removes it."""
    found: dict[str, tuple[int, bytes] | None] = {}
    for path in touched(step):
        before = file_of(path, step.before)
        after = file_of(path, step.after)
        if before != after:
            found[path] = after
    return found


def touched(step: Step) -> tuple[str, ...]:
    """Every path that the patch names, once."""
    paths = (path for diff in step.patch.diffs for path in (diff.old_path, diff.new_path))
    return tuple(dict.fromkeys(filter(None, paths)))


def file_of(path: str, tree: Tree) -> tuple[int, bytes] | None:
    """Mode and content; None where there is no such file."""
    content, mode = tree.read(path), tree.mode(path)
    return None if content is None or mode is None else (mode, content)


def message_of(patch: Patch) -> str:
    """What a commit says stays; of a mail's subject no bracket does."""
    subject = patch.subject
    if not patch.commit:
        brackets = _BRACKETS.match(subject)
        subject = subject[brackets.end() :] if brackets else subject
    return f"{subject}\n\n{patch.message}\n"


def author_of(patch: Patch) -> Author | None:
    """Who wrote it and when; None where the patch does not say."""
    found = _AUTHOR.fullmatch(patch.author.strip())
    name, address = (found["name"], found["address"]) if found else ("", patch.author.strip())
    if not address or not (found or "@" in address):
        return None
    return Author(name or address, address, patch.date)
