"""Turns a request into the text of one value on the way to its report.

    Step
      patch: Patch
        number: 13
      placements:
        - Placed
            path: mm/migrate.c

Fields that are empty are left out. A tree is shown by its name, what reads it
(a configuration, a sight) by its class; a condition as reports show it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import get_args

from kpatch_tools.condition import Condition, show
from kpatch_tools.domain import Line, Place, Progress
from kpatch_tools.errors import KptError, nearly
from kpatch_tools.pipeline import STAGES, Request, stages

INDENT = "  "
NOUNS = "kpatch_tools.domain"


def dump(stage: str, request: Request, progress: Progress) -> str:
    """The value of that stage, on lines of any width. KptError where there is no such stage."""
    if stage not in STAGES:
        hint = nearly(stage, STAGES, f"stages are {', '.join(STAGES)}")
        raise KptError(f"no stage is named {stage!r}", hint)
    reached = next(value for name, value in stages(request, progress) if name == stage)
    return "\n".join(_lines(reached)) + "\n"


def _lines(value: object) -> Iterator[str]:
    """The value as a block that begins at the margin."""
    if (text := _in_a_line(value)) is not None:
        yield from text.split("\n")
    elif isinstance(value, EMPTY) and not value:
        yield "(none)"
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _named(str(key), value[key])
    elif isinstance(value, tuple | list | frozenset | set):
        for each in sorted(value) if isinstance(value, frozenset | set) else value:
            first, *more = _lines(each)
            yield f"- {first}"
            yield from (f"{INDENT}{line}" for line in more)
    elif is_dataclass(value) and type(value).__module__.startswith(NOUNS):
        yield type(value).__name__
        for field in fields(value):
            for line in _named(field.name, getattr(value, field.name)):
                yield f"{INDENT}{line}"
    else:
        yield type(value).__name__


def _named(name: str, value: object) -> Iterator[str]:
    """A field; nothing where it is empty."""
    if value is None or value is False or (isinstance(value, EMPTY) and not value):
        return
    first, *more = _lines(value)
    if not more:
        yield f"{name}: {first}"
    elif is_dataclass(value):
        yield f"{name}: {first}"
        yield from (f"{INDENT}{line.removeprefix(INDENT)}" for line in more)
    else:
        yield f"{name}:"
        yield from (f"{INDENT}{line}" for line in (first, *more))


EMPTY = (str, bytes, tuple, list, frozenset, Mapping)


def _in_a_line(value: object) -> str | None:
    """The value as text; None where it has parts to be told apart."""
    match value:
        case str():
            return value.rstrip("\n")
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case bool() | int() | float() | None:
            return str(value)
        case Line():
            ended = "" if value.ended else " (no newline at the end)"
            return f"{value.sign}{value.text.decode('utf-8', 'backslashreplace')}{ended}"
        case Place():
            return f"{value.path}:{value.line}"
    if isinstance(value, get_args(Condition)):
        return show(value)
    label = getattr(value, "label", None)
    return f"tree {label}" if isinstance(label, str) and hasattr(value, "paths") else None
