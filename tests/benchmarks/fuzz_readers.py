"""Fuzzes the readers of mails and the applier, guided by coverage (atheris).

    pip install atheris
    python tests/benchmarks/fuzz_readers.py CORPUS [-max_total_time=1800] [-timeout=10] ...

CORPUS is a folder that libFuzzer adds to; fixtures/mails is copied into it
first. Each input is read as a mail or mbox and applied to a small tree as a
value. What may come of it is a Series and its steps, or a KptError; anything
else, more than `-timeout` seconds, or a result with a path outside the tree,
is a crash, and libFuzzer writes the input beside.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris  # type: ignore[import-not-found, unused-ignore]

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["kpatch_tools"]):
    from kpatch_tools.apply import Leave, apply_patch
    from kpatch_tools.errors import KptError
    from kpatch_tools.inputs import read_series
    from kpatch_tools.tree import open_tree
    from tests.test_apply_onto import FILES

FUZZ = 2


def tried(data: bytes, folder: str) -> None:
    tree = open_tree(folder)
    try:
        series = read_series("-", data, None)
    except KptError:
        return
    for patch in series.patches:
        if patch.folded:
            return
        for fuzz in (0, FUZZ):
            after = apply_patch(patch, tree, leave=Leave(fuzz)).after
            parts = {part for path in after.paths() for part in path.split("/")}
            assert parts.isdisjoint({"", ".", "..", ".git"}), sorted(parts)


def main() -> None:
    corpus = Path(next(each for each in sys.argv[1:] if not each.startswith("-")))
    corpus.mkdir(parents=True, exist_ok=True)
    for mail in (ROOT / "fixtures" / "mails").glob("*.eml"):
        shutil.copy(mail, corpus)
    with TemporaryDirectory() as folder:
        for path, content in FILES.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(content)
        atheris.Setup(sys.argv, lambda data: tried(bytes(data), folder))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
