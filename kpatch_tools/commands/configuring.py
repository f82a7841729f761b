"""Turns all that was set into a table of settings."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from kpatch_tools.errors import KptError
from kpatch_tools.pipeline import settled_with
from kpatch_tools.settings import KEYS, SECTION, Setting, Settings, settings_of_user
from kpatch_tools.tree import named_tree, repository_of

# Read before any repository is known
ONLY_VARIABLES = {
    "KPT_CACHE": "where what was read is kept, off: nowhere; default: ~/.cache/kpt",
    "KPT_TRACEBACK": "1: show where an internal error is",
}

# key, value, source, meaning
Row = tuple[str, str, str, str]


def shown(name: str | None, spec: str | None, environment: Mapping[str, str]) -> str:
    """A line for each setting, or the values of one. KptError where it is none."""
    user = settings_of_user(repository_of(spec), environment)
    settings = settled_with(user, named_tree(spec))
    if name is not None:
        return "".join(f"{value}\n" for value in settings.setting(_known(name)).values)
    rows = [_row(settings.setting(key.name)) for key in KEYS]
    table = _columns((*rows, *_variables(environment)))
    return "".join((*table, *_ignored(settings, environment)))


def _known(name: str) -> str:
    plain = name.removeprefix(f"{SECTION}.").lower()
    names = {key.name.lower(): key.name for key in KEYS}
    if plain not in names:
        near = get_close_matches(plain, names, 1)
        hint = f"did you mean {SECTION}.{names[near[0]]}?" if near else "kpt config shows them all"
        raise KptError(f"there is no setting {name!r}", hint)
    return names[plain]


def _columns(rows: Sequence[Row]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        "".join(f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=False))
        + f"# {row[-1]}\n"
        for row in rows
    ]


def _row(setting: Setting) -> Row:
    name = f"{SECTION}.{setting.key.name}"
    return name, " ".join(setting.values) or "-", setting.source, setting.key.meaning


def _variables(environment: Mapping[str, str]) -> list[Row]:
    return [
        (
            name,
            environment.get(name) or "-",
            "environment" if environment.get(name) else "default",
            meaning,
        )
        for name, meaning in ONLY_VARIABLES.items()
    ]


def _ignored(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    known = {key.variable for key in KEYS} | set(ONLY_VARIABLES)
    strays = sorted(name for name in environment if name.startswith("KPT_") and name not in known)
    unknown = [f"{name} (environment): there is no such setting" for name in strays]
    return [f"ignored: {what}\n" for what in (*settings.ignored, *unknown)]
