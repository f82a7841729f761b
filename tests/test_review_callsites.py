"""What became of each use: every status, with and without a migration."""

from kpatch_tools.domain import Review
from kpatch_tools.migrations import parse_migration
from tests.small_series import reviewed

HEADER = "int stop(struct item *item);\nint start(struct item *item);\n"
SOURCE = """int stop(struct item *item)
{
	return 0;
}

int start(struct item *item)
{
	return stop(item);
}
"""
USER = """/* stop() comes last */
int user(struct item *item)
{
	start(item);
	return stop(item);
}

int (*hook)(struct item *item) = stop;
"""
BASE = {
    "item.h": HEADER,
    "item.c": SOURCE,
    "user.c": USER,
    "Documentation/item.txt": "Call stop() once.\n",
    "lone.c": "static int stop(int a)\n{\n\treturn a;\n}\n\nint lone = stop(1);\n",
}
Row = tuple[str, int, str, str, int | None]


def rows(review: Review, symbol: str = "stop") -> list[Row]:
    """(path, line, kind, status, line after) of each use."""
    return [
        (
            site.before.path,
            site.before.line,
            site.kind,
            site.status,
            None if site.after is None else site.after.line,
        )
        for site in review.callsites
        if site.symbol == symbol and site.before is not None
    ]


def test_removed_symbol_leaves_stale_uses() -> None:
    after = {**BASE, "item.h": HEADER.partition("\n")[2]}
    after["item.c"] = "int start(struct item *item)\n{\n\treturn 0;\n}\n"
    assert rows(reviewed(BASE, after)) == [
        ("Documentation/item.txt", 1, "documentation", "stale", 1),
        ("item.c", 1, "definition", "removed", None),
        ("item.c", 8, "call", "removed", None),
        ("item.h", 1, "prototype", "removed", None),
        ("user.c", 1, "comment", "stale", 1),
        ("user.c", 5, "call", "stale", 5),
        ("user.c", 8, "initialiser", "stale", 8),
    ]


def test_new_signature_reaches_some_uses() -> None:
    changed = {
        path: BASE[path].replace("stop(struct item *item)", "stop(struct item *item, int mode)")
        for path in ("item.h", "item.c")
    }
    changed["item.c"] = changed["item.c"].replace("return stop(item)", "return stop(item, 1)")
    assert rows(reviewed(BASE, {**BASE, **changed})) == [
        ("Documentation/item.txt", 1, "documentation", "updated", 1),
        ("item.c", 1, "definition", "updated", 1),
        ("item.c", 8, "call", "updated", 8),
        ("item.h", 1, "prototype", "updated", 1),
        ("user.c", 1, "comment", "updated", 1),
        ("user.c", 5, "call", "stale", 5),
        ("user.c", 8, "initialiser", "updated", 8),
    ]


def test_uses_move_with_lines_in_front() -> None:
    changed = {path: BASE[path].replace("stop", "halt") for path in ("item.h", "item.c", "user.c")}
    changed["user.c"] = "int first;\n" + changed["user.c"].replace("return halt", "return stop")
    found = rows(reviewed(BASE, {**BASE, **changed}))
    assert [row for row in found if row[0] == "user.c"] == [
        ("user.c", 1, "comment", "removed", None),
        ("user.c", 5, "call", "stale", 6),
        ("user.c", 8, "initialiser", "removed", None),
    ]


OPS = "struct ops {\n\tint (*stop)(struct item *item);\n};\nint each(struct item *item);\n"
NEW_SOURCE = SOURCE.replace("return stop(item)", "return 0") + (
    "\nconst struct ops my_ops = {\n\t.stop = stop,\n};\n"
    "\nconst struct ops *current_ops(void)\n{\n\treturn &my_ops;\n}\n"
)
EACH = "int each(struct item *item)\n{\n\treturn item->ops->stop(item);\n}\n\n"
ROUTED = EACH + USER.replace("return stop(item)", "return each(item)").replace("= stop", "= each")
MIGRATION = parse_migration(
    "test",
    b'summary = "s"\n[[hook]]\nname = "stop"\n'
    b'route = "user > each > item->ops->stop > stop via my_ops"\n',
)


def routed(**changed: str) -> list[Row]:
    after = {**BASE, "item.h": HEADER + OPS, "item.c": NEW_SOURCE, "user.c": ROUTED}
    after.update({name.replace("_", "."): text for name, text in changed.items()})
    found = rows(reviewed(BASE, after, migration=MIGRATION))
    return [row for row in found if row[2] in {"call", "initialiser"} and row[0] != "lone.c"]


def test_route_is_followed_hop_by_hop() -> None:
    assert routed() == [
        ("item.c", 8, "call", "unrouted", None),
        ("user.c", 5, "call", "routed", None),
        ("user.c", 8, "initialiser", "removed", None),
    ]


def test_route_breaks_at_each_hop() -> None:
    without = {
        "no call of the dispatcher": {"user_c": ROUTED.replace("return each(item)", "return 1")},
        "no member access": {"user_c": ROUTED.replace("item->ops->stop(item)", "0")},
        "no initialiser": {"item_c": NEW_SOURCE.replace("\t.stop = stop,\n", "")},
        "table not installed": {"item_c": NEW_SOURCE.replace("return &my_ops", "return 0")},
    }
    statuses = {why: routed(**changed)[1][3] for why, changed in without.items()}
    assert statuses == dict.fromkeys(without, "unrouted")


def test_without_migration_the_same_call_is_listed_as_removed() -> None:
    changed = {
        "item.h": HEADER.replace("stop(struct item *item)", "stop(struct item *item, int m)")
    }
    changed["user.c"] = USER.replace("return stop(item)", "return 0")
    found = rows(reviewed(BASE, {**BASE, **changed}))
    assert ("user.c", 5, "call", "removed", None) in found
