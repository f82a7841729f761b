"""A directory tree with parts that this user may not read."""

import os
from pathlib import Path

import pytest

from kpatch_tools.errors import KptError
from kpatch_tools.tree import open_tree


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_tree_with_a_file_or_folder_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_bytes(b"")
    (tmp_path / "x.c").chmod(0)
    (tmp_path / "closed").mkdir(0)
    tree = open_tree(str(tmp_path))

    with pytest.raises(KptError, match=r"x\.c in the tree may not be read"):
        tree.read("x.c")
    with pytest.raises(KptError, match="closed/ in the tree may not be read"):
        tree.paths()
