"""Numbers and operators of #if lines, against what gcc makes of the same lines."""

import random
import subprocess
from pathlib import Path

import pytest

from kpatch_tools.condition import FALSE, TRUE
from kpatch_tools.csource.arithmetic import NoValueError, integer
from kpatch_tools.csource.expressions import Unreadable, parse_expression
from kpatch_tools.modelcheck.extract.expression import evaluate

OPERATORS = ("||", "&&", "|", "^", "&", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*")


def expression(rng: random.Random, depth: int) -> str:
    """Signed arithmetic that no overflow and no zero divisor disturbs."""
    if depth == 0:
        return rng.choice(("0", "1", "7", "012", "0x1f", "0b101", "3L"))
    kind = rng.randrange(6)
    inner = expression(rng, depth - 1)
    if kind == 0:
        return f"{rng.choice('!~-+')}({inner})"
    if kind == 1:
        return f"({inner}) {rng.choice('/%')} {rng.choice(('3', '-3', '7'))}"
    if kind == 2:
        return f"({inner} ? {expression(rng, depth - 1)} : {expression(rng, depth - 1)})"
    if kind == 3:
        return f"(({inner}) & 255) {rng.choice(('<<', '>>'))} {rng.randrange(9)}"
    return f"({inner} {rng.choice(OPERATORS)} {expression(rng, depth - 1)})"


def test_random_expressions_have_the_value_that_gcc_computes(tmp_path: Path) -> None:
    rng = random.Random(16)
    texts = [expression(rng, 4) for _ in range(200)]
    values = [evaluate(text, lambda _: None) for text in texts]
    lines = [
        f"#if ({text}) == ({value})\nequal\n#else\n{text} is not {value}\n#endif\n"
        for text, value in zip(texts, values, strict=True)
    ]
    (tmp_path / "sums.c").write_text("".join(lines))
    command = ["gcc", "-E", "-P", "-w", "sums.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == ["equal"] * len(texts)
    truths = [parse_expression(text) for text in texts]
    assert truths == [TRUE if value else FALSE for value in values]


@pytest.mark.parametrize("word", ["089", "1_000", "0o17", "0b12", "10baseT", "9" * 5000])
def test_what_is_no_integer_has_no_value(word: str) -> None:
    with pytest.raises(NoValueError):
        integer(word)
    assert evaluate(word, lambda _: None) is None
    assert isinstance(parse_expression(word), Unreadable)


@pytest.mark.parametrize("text", ["1 / 0", "1 % (2 - 2)", "1 << 64", "1 >> -1"])
def test_what_c_gives_no_value_is_not_understood(text: str) -> None:
    assert evaluate(text, lambda _: None) is None
    assert isinstance(parse_expression(text), Unreadable)
