"""Turns functions of a tree into the files of a first scenario, and says what they lack."""

from collections.abc import Iterator, Sequence

from kpatch_tools.commands.applying import Written
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit
from kpatch_tools.modelcheck.draft import Draft, draft
from kpatch_tools.modelcheck.scenario import FILL
from kpatch_tools.tree import named_tree

MOST = 3
FILES = ("scenario.toml", "scenario.c", "stand_ins.h")


def new(name: str, functions: Sequence[str], spec: str | None, progress: Progress) -> Written:
    """The files by name. Incomplete where the compiler refuses what was extracted."""
    tree = named_tree(spec)
    progress("looking for what the functions need")
    made = draft(tree, name, functions)
    files = {path: text.encode() for path, text in made.files.items()}
    code = Exit.INCOMPLETE if made.refused else Exit.PROVED
    return Written(files, "".join(f"{line}\n" for line in _account(made)), code)


def _account(made: Draft) -> Iterator[str]:
    open_ = sum(text.count(FILL) for text in made.files.values())
    yield f"written: {', '.join(sorted(made.files))}; {open_} places say {FILL}"
    for lack in made.lacks:
        yield f"lacks {lack.name}, for {', '.join(lack.users) or 'the scenario'}: {lack.reason}"
    for message in made.refused[:MOST]:
        yield f"the compiler refuses what was extracted: {message}"
