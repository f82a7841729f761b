"""The account: words of a tree counted by hand against an Index that lost or invented some."""

from kpatch_tools.condition import TRUE
from kpatch_tools.csource import audit
from kpatch_tools.csource.account import Gap
from kpatch_tools.domain import Index, Place, Reference
from tests.memory_tree import MemoryTree


def reference(line: int, made: str = "") -> Reference:
    return Reference("foo", "call", Place("a.c", line), "", TRUE, made=made)


def test_a_lost_token_is_a_gap_though_another_line_has_one_too_many() -> None:
    index = Index(references=(reference(1), reference(2)))
    found = audit(MemoryTree({"a.c": "foo foo\nbar\n"}), frozenset(("foo",)), index)
    assert found.accounts[0].gaps == (
        Gap(Place("a.c", 1), "foo", 2, 1),
        Gap(Place("a.c", 2), "foo", 0, 1),
    )
    assert not found.complete


def test_a_file_without_any_reference_is_told() -> None:
    found = audit(MemoryTree({"b.rs": "\nfoo\n"}), frozenset(("foo",)), Index())
    assert [(each.path, each.gaps) for each in found.accounts] == [
        ("b.rs", (Gap(Place("b.rs", 2), "foo", 1, 0),))
    ]


def test_a_name_that_a_macro_call_makes_is_no_token() -> None:
    index = Index(references=(reference(1), reference(1, made="MAKE(fo)")))
    found = audit(MemoryTree({"a.c": "foo MAKE(fo)\n"}), frozenset(("foo",)), index)
    assert [(each.references, each.pasted) for each in found.accounts] == [(1, 1)]
    assert found.complete


def test_many_names_are_counted_as_few_are() -> None:
    names = [f"name_{number}" for number in range(40)]
    tree = MemoryTree({"a.c": " ".join(names) + "\nname_1-name_2 xname_3 é\n"})
    many = audit(tree, frozenset(names), Index()).accounts[0]
    few = [audit(tree, frozenset((name,)), Index()).accounts[0] for name in names]
    assert many.tokens == sum(account.tokens for account in few) == 42
