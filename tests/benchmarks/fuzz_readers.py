"""Fuzzes the readers of mails and the applier, guided by coverage (atheris).

    pip install atheris
    python tests/benchmarks/fuzz_readers.py CORPUS [-max_total_time=1800] [-timeout=10] ...

CORPUS is a folder that libFuzzer adds to; fixtures/mails and fixtures/fuzz are
copied into it first. Each input is read as a mail or mbox and applied to a
small tree as a value, recovered where its whitespace is lost. What may come of
it is a Series and its steps, or a KptError; anything else, more than
`-timeout` seconds, or a result with a path outside the tree, is a crash, and
libFuzzer writes the input beside.

fuzz_corpus chooses of CORPUS what is kept in fixtures/fuzz; tests/test_fuzz.py
replays that.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris  # type: ignore[import-not-found, unused-ignore]

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["kpatch_tools"]):
    from kpatch_tools import plugins
    from tests.fuzzed import tried, written

    # readers are found when they are asked for: that would be too late
    plugins.modules("kpatch_tools.inputs")

WORDS = (
    "diff --git a/mm/x.c b/mm/x.c\n", "--- a/mm/x.c\n+++ b/mm/x.c\n", "@@ -1,3 +1,4 @@\n",
    "rename from ", "rename to ", "copy from ", "copy to ", "new file mode 100644\n",
    "deleted file mode ", "old mode ", "new mode 120000\n", "index 1234567..89abcde 100644\n",
    "GIT binary patch\n", "literal 10\n", "delta 17\n", "/dev/null",
    "\\ No newline at end of file\n",
    "From mboxrd@z Thu Jan  1 00:00:00 1970\n", "Subject: [PATCH v2 1/2] ", "Re: ", "In-Reply-To: ",
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n", "; format=flowed; delsp=yes", "; charset=",
    "Content-Type: message/rfc822\n\n", "=?utf-8?q?", "=?iso-8859-1?b?", "?=", "-- \n2.39.0\n",
    "-- >8 --\n", "base-commit: ", "prerequisite-patch-id: ",
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "Date: Mon Mar 21 2016 - 02:32:29 EST\n", "&lt;", "&gt;", "> ", "\t", "\0",
)  # fmt: skip


def dictionary(folder: Path) -> Path:
    """The words as libFuzzer reads them."""
    lines = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in WORDS)
    path = folder / "words"
    path.write_text("".join(f'"{line}"\n' for line in lines))
    return path


def main() -> None:
    corpus = Path(next(each for each in sys.argv[1:] if not each.startswith("-")))
    if not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        for kept in (*ROOT.glob("fixtures/mails/*.eml"), *ROOT.glob("fixtures/fuzz/*")):
            shutil.copy(kept, corpus)
    with TemporaryDirectory() as folder:
        tree = written(Path(folder) / "tree")
        arguments = [*sys.argv, f"-dict={dictionary(Path(folder))}"]
        atheris.Setup(arguments, lambda data: tried(bytes(data), tree))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
