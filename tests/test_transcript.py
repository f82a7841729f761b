"""The first day in the README is what happens: `python tests/transcript.py` writes it again."""

from tests.transcript import BEGIN, END, README, block, without_compiler


def test_the_first_day_is_as_the_readme_tells_it() -> None:
    told = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert without_compiler(block()) == without_compiler(told)
