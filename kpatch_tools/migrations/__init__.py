"""Turns migration files into Migrations: hooks, and the routes that must replace them.

A file is TOML: `summary`, and `[[hook]]` tables with `name` and, where calls
of the hook must be replaced, `route`. A hook may stand several times, once
for each function that called it: the route begins there. `guard`, if given,
is the predicate that tells objects of the kind in question from others.

    guard = "PageMine"

    [[hook]]
    name = "page_putback"
    route = "putback_pages > putback_one > mapping->a_ops->putback > page_putback via page_aops"
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kpatch_tools.domain import Hook, Migration, Series
from kpatch_tools.errors import KptError, nearly
from kpatch_tools.resources import package_folder

KEYS = frozenset({"summary", "guard", "hook"})
HOOK_KEYS = frozenset({"name", "route"})
SIZE = 1_000_000


def load_migrations() -> tuple[Migration, ...]:
    """The migrations that come with kpt, by name."""
    files = [file for file in package_folder("migrations").iterdir() if file.name.endswith(".toml")]
    return tuple(
        parse_migration(file.name.removesuffix(".toml"), file.read_bytes())
        for file in sorted(files, key=lambda file: file.name)
    )


def descriptions() -> dict[str, str]:
    """Name -> summary and routes of each migration that comes with kpt."""
    return {migration.name: _described(migration) for migration in load_migrations()}


def choose_migration(choice: str, series: Series) -> Migration | None:
    """`auto`: the first one in force; `off`: none; else one by its name or its file.

    KptError where nothing has that name or the file is no migration.
    """
    if choice == "off":
        return None
    known = load_migrations()
    if choice == "auto":
        return next((migration for migration in known if in_force(migration, series)), None)
    for migration in known:
        if migration.name == choice:
            return migration
    return _from_file(Path(choice), [migration.name for migration in known])


def in_force(migration: Migration, series: Series) -> bool:
    """Whether the series touches a hook: one of its changed lines names it."""
    names = [hook.name.encode() for hook in migration.hooks]
    return any(
        _whole_word(name, line.text)
        for patch in series.patches
        for diff in patch.diffs
        for hunk in diff.hunks
        for line in hunk.lines
        if line.sign != " "
        for name in names
    )


def parse_migration(name: str, content: bytes) -> Migration:
    """The migration in a TOML text; KptError that names what is wrong with it."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(name, f"not TOML ({error})") from error
    _only(table, KEYS, name)
    hooks = table.get("hook")
    if not isinstance(hooks, list) or not hooks:
        raise _wrong(name, "no [[hook]]")
    summary = table.get("summary", "")
    if not isinstance(summary, str):
        raise _wrong(name, "summary is not a text")
    guard = table.get("guard", "")
    if not isinstance(guard, str) or not (guard == "" or guard.isidentifier()):
        raise _wrong(name, f"a guard that is no identifier: {guard!r}")
    return Migration(name, summary, tuple(_hook(name, hook) for hook in hooks), guard)


# Any: what a TOML value may be.
def _hook(migration: str, table: Any) -> Hook:
    if not isinstance(table, dict):
        raise _wrong(migration, "a hook that is not a table")
    _only(table, HOOK_KEYS, migration)
    name, route = table.get("name"), table.get("route", "")
    if not isinstance(name, str) or not name.isidentifier():
        raise _wrong(migration, f"a hook whose name is no identifier: {name!r}")
    if not isinstance(route, str):
        raise _wrong(migration, f"the route of {name} is not a text")
    path, _, table_name = route.partition(" via ")
    hops = tuple(hop.strip() for hop in path.split(" > ") if hop.strip())
    return Hook(name, hops, table_name.strip())


def _from_file(path: Path, known: list[str]) -> Migration:
    every = f"known migrations: {', '.join(known)}; or auto, off, or a TOML file"
    hint = nearly(str(path), known, every)
    try:
        with path.open("rb") as file:
            content = file.read(SIZE + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise KptError(f"no migration is named {path} and there is no such file", hint) from error
    except (IsADirectoryError, PermissionError) as error:
        raise KptError(f"cannot read the migration {path}: {error.strerror}", hint) from error
    name = path.name.removesuffix(".toml")
    if len(content) > SIZE:
        raise _wrong(name, f"longer than {SIZE} bytes")
    return parse_migration(name, content)


def _only(table: dict[str, Any], keys: Iterable[str], name: str) -> None:
    unknown = sorted(set(table) - set(keys))
    if unknown:
        raise _wrong(name, f"unknown key {unknown[0]!r}")


def _wrong(name: str, what: str) -> KptError:
    return KptError(
        f"migration {name}: {what}",
        "kpt list names those that are read, kpt explain NAME shows one",
    )


def _whole_word(name: bytes, line: bytes) -> bool:
    at = line.find(name)
    while at >= 0:
        before, after = line[at - 1 : at] if at else b"", line[at + len(name) : at + len(name) + 1]
        if not (before.isalnum() or before == b"_" or after.isalnum() or after == b"_"):
            return True
        at = line.find(name, at + 1)
    return False


def _described(migration: Migration) -> str:
    lines = [migration.summary, ""]
    if migration.guard:
        lines.append(f"guard: {migration.guard}")
    for hook in migration.hooks:
        via = f" via {hook.table}" if hook.table else ""
        lines.append(f"{hook.name}: {' > '.join(hook.route) or 'gone'}{via}")
    return "\n".join(lines)
