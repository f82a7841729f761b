"""What the fuzzer found worth keeping: every file is read and applied, or refused.

Together they go every way through the code that 30 minutes of it had gone
(benchmarks/fuzz_readers, benchmarks/fuzz_corpus).
"""

from pathlib import Path

import pytest

from kpatch_tools.errors import Exit, KptError
from tests.fuzzed import tried, written

CORPUS = sorted((Path(__file__).parent.parent / "fixtures" / "fuzz").iterdir())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_it_is_read_or_refused_with_a_word(path: Path, tree: str) -> None:
    outcome = tried(path.read_bytes(), tree)

    if isinstance(outcome, KptError):
        assert outcome.exit_code == Exit.NOT_UNDERSTOOD
        assert outcome.message and outcome.hint
    else:
        assert len(outcome) >= 2
