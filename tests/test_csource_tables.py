"""Tables of a file: which member each entry sets, and to what."""

from kpatch_tools.condition import show
from kpatch_tools.csource.tables import tables

SOURCE = b"""
static const struct item_ops __initdata fast_ops = {
	.open = fast_open,	/* .close = none */
	.lock = { .depth = 3 },
#ifdef CONFIG_A
	.close = &fast_close,
#endif
	.name = "a, .b = c",
	.flags = A | B,
	.none = NULL,
};
struct item_ops slow_ops[2] = {
	[0] = { slow_open, (slow_close) },
	{ .open = slow_open },
};
struct item *first, *second = { 0 };
int f(struct item *item)
{
	return g(&(struct item_ops){ .open = fast_open });
}
"""


def test_entries_by_member_position_and_value() -> None:
    found = [
        (table.name, table.tag, table.place.line, [(e.member, e.value) for e in table.entries])
        for table in tables("a.c", SOURCE)
    ]
    assert found == [
        (
            "fast_ops",
            "item_ops",
            2,
            [
                ("open", "fast_open"),
                ("lock", ""),
                ("close", "fast_close"),
                ("name", ""),
                ("flags", ""),
                ("none", "NULL"),
            ],
        ),
        ("slow_ops", "item_ops", 13, [("", "slow_open"), ("", "slow_close")]),
        ("slow_ops", "item_ops", 14, [("open", "slow_open")]),
        ("", "item_ops", 19, [("open", "fast_open")]),
    ]


def test_an_entry_has_the_condition_of_its_line() -> None:
    entry = tables("a.c", SOURCE)[0].entries[2]
    assert (entry.place.line, show(entry.condition)) == (6, "CONFIG_A")


def test_positions_count_only_where_no_arm_stands_between() -> None:
    plain, split = tables(
        "a.c", b"struct a x = { f, g };\nstruct a y = {\n\tf,\n#ifdef A\n\tg,\n#endif\n\th,\n};\n"
    )
    assert (plain.plain, split.plain) == (True, False)


def test_braces_that_never_close_end_the_table_with_the_file() -> None:
    (table,) = tables("a.c", b"struct a x = { .f = g, .h = {{{")
    assert [entry.value for entry in table.entries] == ["g"]
