"""The changes that the mutation benchmark makes, on a function whose changes are listed by hand."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

from mutating.dependence import depend
from mutating.operators import Change, changes, entry_changes
from mutating.scoring import Mutant, Verdict, score
from mutating.statements import blanked, functions, tables

SOURCE = """
#ifdef CONFIG_LEFT_OUT
static void other(void)
{
	put_page(0);
}
#else
/* give(back); */
static int give(struct page *page, bool kept)
{
	int rc = 0;

	if (unlikely(!trylock_page(page) || kept))
		return -EAGAIN;
	for_each(entry, list)
		count++;
	SetPageIsolated(page);
	VM_BUG_ON_PAGE(kept, page);
	rc = page ? 1 : 2;
	kept = !PageMovable(page);
out:
	unlock_page(page);
	return rc;
}

static const struct page_operations table = {
	.give = give,
	.take	= take,
};
#endif
"""

CHANGES = """
constant: 0 => 1
dropped: if (unlikely(!trylock_page(page) || kept)) return -EAGAIN; => ;
negated: !trylock_page(page) || kept => !(!trylock_page(page) || kept)
negated: !trylock_page(page) => !(!trylock_page(page) )
negated: kept => !( kept)
dropped: trylock_page(page) => 1
doubled: trylock_page(page) => (trylock_page(page), trylock_page(page))
dropped: return -EAGAIN; => ;
constant: EAGAIN => EBUSY
dropped: for_each(entry, list) count++; => ;
dropped: count++; => ;
dropped: SetPageIsolated(page); => ;
doubled: SetPageIsolated(page); => { SetPageIsolated(page); SetPageIsolated(page); }
negated: kept => !(kept)
dropped: rc = page ? 1 : 2; => ;
negated: page => !(page)
constant: 1 => 0
dropped: kept = !PageMovable(page); => ;
negated: !PageMovable(page) => !(!PageMovable(page))
dropped: PageMovable(page) => 0
dropped: unlock_page(page); => ;
doubled: unlock_page(page); => { unlock_page(page); unlock_page(page); }
dropped: return rc; => ;
swapped: if (unlikely(!trylock_page(page) || kept)) return -EAGAIN; for_each(entry, list) count++;
commuted: for_each(entry, list) count++; SetPageIsolated(page);
commuted: rc = page ? 1 : 2; kept = !PageMovable(page);
"""


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_change_of_a_function_is_made_once() -> None:
    plain = blanked(SOURCE, frozenset())
    (function,) = functions(plain)
    assert function.name == "give"
    made = []
    for change in changes(function, SOURCE, plain):
        was = flat(SOURCE[change.start : change.end])
        of_two = change.operator in ("swapped", "commuted")
        now = "" if of_two else f" => {flat(change.new)}"
        made.append(f"{change.operator}: {was}{now}")
    assert sorted(made) == sorted(CHANGES.strip().splitlines())


def test_each_entry_of_a_table_is_left_out() -> None:
    plain = blanked(SOURCE, frozenset())
    (table,) = tables(plain)
    left_out = [SOURCE[change.start : change.end] for change in entry_changes(table)]
    assert (table.name, left_out) == ("table", [".give = give,", ".take\t= take,"])


def test_lines_stay_where_they_are() -> None:
    plain = blanked(SOURCE, frozenset())
    (function,) = functions(plain)
    for change in changes(function, SOURCE, plain):
        assert change.new.count("\n") == SOURCE.count("\n", change.start, change.end)


@pytest.mark.parametrize(
    ("configured", "names"), [((), ["give"]), (("CONFIG_LEFT_OUT",), ["other"])]
)
def test_only_what_is_compiled_is_read(configured: tuple[str, ...], names: list[str]) -> None:
    plain = blanked(SOURCE, frozenset(configured))
    assert [function.name for function in functions(plain)] == names


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("vb->mnt = mnt;", "vb->inode = inode;", False),
        ("vb->inode = inode;", "use(vb->inode);", True),
        ("count--;", "list_add(&page->lru, &info->pages);", False),
        ("info->count--;", "release(info);", True),
        ("page->mapping = NULL;", "set_page_private(page, 0);", True),
        ("info->count++;", "spin_unlock(&info->lock);", True),
        ("a = b;", "if (c) goto out;", True),
    ],
)
def test_order_matters_between(first: str, second: str, expected: bool) -> None:
    assert depend(first, second) == expected


def test_score_is_told_with_and_without_what_only_the_reduced_graph_holds_equivalent() -> None:
    mutant = Mutant("a.c", "give", 1, Change("dropped", 0, 1, ";"), "x")
    kinds = ["killed"] * 6 + ["survived", "equivalent", "unseen", "unseen"]
    assert list(score("all", [Verdict(mutant, kind, "") for kind in kinds])) == [
        "all: 10 mutants (10 dropped)",
        "    3 equivalent (30.0% of them): 1 by the graph, 2 by the reduced one alone",
        "    6 of the 7 others killed (85.7%)",
        "    by the graph alone: 6 of 9 (66.7%)",
    ]
