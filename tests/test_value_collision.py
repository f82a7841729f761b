"""Constants and their families: values counted by hand, and the magics of linux-mini."""

from pathlib import Path

import pytest

from kpatch_tools.checks._constants import Constant, constants, value_of
from kpatch_tools.checks.value_collision import collisions

MAGIC = Path(__file__).parents[1] / "fixtures/trees/linux-mini/include/uapi/linux/magic.h"
SEED = b"#define BPF_FS_MAGIC\t\t0xcafe4a11\n"
NEW = b"#define BALLOON_KVM_MAGIC\t0x13661366\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x1F", 31),
        ("010", 8),
        ("-3", -3),
        ("((1UL << 4))", 16),
        ("BIT(5)", 32),
        ("_BITULL( 33 )", 1 << 33),
        ("'A'", 65),
        ("OTHER", None),
        ("OTHER + 1", None),
        ("(1) + (2)", None),
        ("", None),
    ],
)
def test_only_a_spelled_number_has_a_value(text: str, expected: int | None) -> None:
    assert value_of(text) == expected


def test_enumerators_count_on_from_the_last_value() -> None:
    source = b"enum kind { KIND_A, KIND_B = 4,\n\tKIND_C,\n\tKIND_D = KIND_B, KIND_E };\n"
    assert constants(source) == (
        Constant("KIND_A", 0, 1, "enum kind"),
        Constant("KIND_B", 4, 1, "enum kind"),
        Constant("KIND_C", 5, 2, "enum kind"),
        Constant("KIND_D", None, 3, "enum kind"),
    )


def with_magic(line: bytes) -> bytes:
    source = MAGIC.read_bytes()
    assert SEED in source
    return source.replace(SEED, SEED + line)


def test_magic_of_the_seed_is_free() -> None:
    path, before = "include/uapi/linux/magic.h", MAGIC.read_bytes()
    assert list(collisions(path, before, with_magic(NEW))) == []


def test_magic_of_the_seed_with_a_value_that_is_taken_collides() -> None:
    path, before = "include/uapi/linux/magic.h", MAGIC.read_bytes()
    mutated = with_magic(NEW.replace(b"0x13661366", b"0x01021994"))
    found = [(c.new.name, c.old.name, c.label) for c in collisions(path, before, mutated)]
    assert found == [("BALLOON_KVM_MAGIC", "TMPFS_MAGIC", "magics")]


def ioctls(last: bytes) -> tuple[bytes, bytes]:
    lines = [b"#define ITEM_IOC_%c\t_IOW('i', %d, int)\n" % (65 + n, n) for n in range(8)]
    return b"".join(lines), b"".join([*lines, last])


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (b"#define ITEM_IOC_NEW\t_IOW('i', 0x3, int)\n", ["ITEM_IOC_D"]),
        (b"#define ITEM_IOC_NEW\t_IOR('i', 0x3, int)\n", []),
        (b"#define ITEM_IOC_NEW\t_IOW('i', 8, int)\n", []),
        (b"#define ITEM_IOC_NEW\t_IOW('j', 3, int)\n", []),
    ],
)
def test_ioctl_collides_where_type_number_direction_and_size_are_taken(
    last: bytes, expected: list[str]
) -> None:
    assert [c.old.name for c in collisions("a.h", *ioctls(last))] == expected
