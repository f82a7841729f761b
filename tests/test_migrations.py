"""Migration files: what is read, what is in force, and what is refused."""

from pathlib import Path

import pytest

from kpatch_tools.domain import FileDiff, Hook, Hunk, Line, Patch, Series
from kpatch_tools.errors import KptError
from kpatch_tools.migrations import (
    choose_migration,
    descriptions,
    in_force,
    load_migrations,
    parse_migration,
)

TEXT = b"""summary = "one way"
guard = "is_mine"

[[hook]]
name = "put"
route = "all > one > mapping->ops->put > do_put via my_ops"

[[hook]]
name = "test"
"""


def series(*lines: tuple[str, bytes]) -> Series:
    hunk = Hunk(1, 1, tuple(Line(sign, text) for sign, text in lines))  # type: ignore[arg-type]
    return Series("s", 1, None, (Patch(1, "s", "", None, "", (FileDiff("a", "a", (hunk,)),)),))


def test_hooks_routes_and_tables_are_read() -> None:
    migration = parse_migration("m", TEXT)
    seen = (migration.name, migration.summary, migration.guard)
    assert seen == ("m", "one way", "is_mine")
    assert migration.hooks == (
        Hook("put", ("all", "one", "mapping->ops->put", "do_put"), "my_ops"),
        Hook("test"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("-", b"\tput(page);"), True),
        (("+", b"\tif (put(page))"), True),
        ((" ", b"\tput(page);"), False),
        (("-", b"\toutput(page);"), False),
        (("-", b"\tput_page(page);"), False),
        (("-", b"\toutput(put);"), True),
    ],
)
def test_in_force_where_a_changed_line_names_a_hook(
    line: tuple[str, bytes], expected: bool
) -> None:
    assert in_force(parse_migration("m", TEXT), series(line)) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"summary = ", "not TOML"),
        (b"\xff", "not TOML"),
        (b'summary = "s"', "no [[hook]]"),
        (b"hook = 3", "no [[hook]]"),
        (b"hook = [3]", "a hook that is not a table"),
        (b"[[hook]]", "no identifier: None"),
        (b'[[hook]]\nname = "a b"', "no identifier: 'a b'"),
        (b'[[hook]]\nname = "a"\nroute = 3', "the route of a is not a text"),
        (b'[[hook]]\nname = "a"\nroutes = "b"', "unknown key 'routes'"),
        (b'title = "x"\n[[hook]]\nname = "a"', "unknown key 'title'"),
        (b'guard = "a b"\n[[hook]]\nname = "a"', "a guard that is no identifier: 'a b'"),
        (b'guard = 3\n[[hook]]\nname = "a"', "a guard that is no identifier: 3"),
        (b'summary = 3\n[[hook]]\nname = "a"', "summary is not a text"),
    ],
)
def test_wrong_file_is_refused_by_name(text: bytes, problem: str) -> None:
    with pytest.raises(KptError) as raised:
        parse_migration("m", text)
    assert raised.value.message.startswith("migration m: ")
    assert problem in raised.value.message


def test_chosen_by_name_file_off_and_auto(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(TEXT)
    nothing = series(("-", b"other();"))
    hook = load_migrations()[0].hooks[0].name.encode()
    chosen = [choose_migration(choice, nothing) for choice in ("off", "auto", "balloon", str(file))]
    assert [None if m is None else m.name for m in chosen] == [None, None, "balloon", "mine"]
    found = choose_migration("auto", series(("-", hook + b"(page);")))
    assert found is not None
    assert found.name == "balloon"


@pytest.mark.parametrize("choice", ["ballon", "/", "absent/file.toml"])
def test_unknown_choice_names_those_that_are_known(choice: str) -> None:
    with pytest.raises(KptError) as raised:
        choose_migration(choice, series())
    assert "balloon" in raised.value.hint


def test_descriptions_show_the_routes() -> None:
    text = descriptions()["balloon"]
    assert "putback_movable_pages > putback_movable_page" in text


def test_a_file_too_long_is_refused_and_not_cut(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_bytes(TEXT + b"# 34567\n" * 125_000)
    with pytest.raises(KptError, match="migration long: longer than 1000000 bytes"):
        choose_migration(str(tmp_path / "long.toml"), series())


def test_a_folder_is_no_migration(tmp_path: Path) -> None:
    with pytest.raises(KptError, match=r"cannot read the migration .*: Is a directory"):
        choose_migration(str(tmp_path), series())
