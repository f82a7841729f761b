"""How much of real C the reader understands, on a seeded sample of a kernel tree.

    python tests/benchmarks/csource_recall.py TREE [--seed N] [--files N] [--show N]

Prints the share of files whose masked parse still has an error, the share of
tokens left unclassified, and recall and precision of call tokens against a
truth that knows nothing of the reader: a token machine of 100 lines with a
tokeniser of its own, which looks at the tokens beside a name and at the depth
of braces. Every name that a parenthesis follows is asked for, in every file.
Both are heuristics: read the differences (--show) before believing a figure.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kpatch_tools.csource.index import index_file
from kpatch_tools.csource.source_file import SourceFile

TOKEN = re.compile(
    rb"""
      (?P<skip>/\*.*?\*/|//(?:\\\n|[^\n])*|\\\r?\n|[ \t\r\f\v]+)
    | (?P<line>\n)
    | (?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d[\w.]*)
    | (?P<mark>->|\#\#|\.\.\.|.)
    """,
    re.DOTALL | re.VERBOSE,
)
KEYWORDS = frozenset(
    b"if else for while do switch case default return goto break continue sizeof typeof __typeof__ "
    b"__typeof __attribute__ asm __asm__ defined struct union enum int char void long short float "
    b"double unsigned signed const volatile static extern inline register typedef __alignof__ "
    b"_Alignof __extension__ _Generic bool volatile __volatile__ __asm __inline__ __inline".split()
)
# An attribute with arguments is no call, wherever it stands.
ATTRIBUTES = re.compile(
    rb"__(?:section|aligned|printf|scanf|alloc_size|assume_aligned|format_arg)\Z"
)
# a header for assembly files
ASSEMBLER = re.compile(rb"^[ \t]*\.(?:macro|endm|text|section|globl|pushsection)\b", re.MULTILINE)
BEFORE_CALL = frozenset(b"return else do case goto sizeof in typeof __extension__ default".split())
STORED = frozenset((b"static", b"const", b"extern"))
Call = tuple[int, str]


@dataclass(slots=True)
class Token:
    kind: str
    text: bytes
    line: int
    start: int = 0


def tokens(source: bytes) -> Iterator[Token]:
    """Words, marks and literals; a directive's tokens stand between `#` and a line token."""
    line = 1
    directive = False
    fresh = True
    for match in TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind == "line":
            if directive:
                yield Token("end", b"", line)
            directive, fresh = False, True
        elif kind != "skip":
            if fresh and match[0] == b"#":
                directive = True
            fresh = False
            yield Token(kind, match[0], line, match.start())
        line += match[0].count(b"\n")


def split(source: bytes) -> tuple[list[Token], list[list[Token]]]:
    """Code, and each directive's tokens after `#`."""
    code: list[Token] = []
    directives: list[list[Token]] = []
    current: list[Token] | None = None
    previous_line = 0
    for token in tokens(source):
        if token.kind == "end":
            current = None
        elif current is not None:
            current.append(token)
        elif token.text == b"#" and token.line != previous_line:
            current = []
            directives.append(current)
        else:
            code.append(token)
            previous_line = token.line
    return code, directives


def calls_in_code(code: list[Token]) -> Iterator[Call]:
    depth = 0
    for at, token in enumerate(code):
        depth += {b"{": 1, b"}": -1}.get(token.text, 0)
        depth = max(depth, 0)
        after = code[at + 1].text if at + 1 < len(code) else b""
        if token.kind == "word" and after == b"(" and names_callee(token):
            before = code[at - 1] if at else Token("mark", b";", 0)
            pointed = [each.text for each in code[at + 2 : at + 6]]
            if pointed[:1] == [b"*"] and pointed[2:] == [b")", b"("]:
                continue  # u32 (*show)(
            if not declares(code, at, before, depth):
                yield token.line, token.text.decode()


def names_callee(token: Token) -> bool:
    return token.text not in KEYWORDS and not ATTRIBUTES.match(token.text)


def declares(code: list[Token], at: int, before: Token, depth: int) -> bool:
    """Whether the name before a parenthesis is declared, defined, a member or a tag."""
    if before.text in (b".", b"->"):
        return True
    if before.kind == "word":
        made = code[at].text.isupper() and (before.text in STORED or code[at + 2].kind == "literal")
        return before.text not in BEFORE_CALL and not before.text.isupper() and not made
    if before.text == b"*" and depth == 0:
        return not assigned(code, at)
    typed = [each.text for each in code[max(0, at - 4) : at - 2]]
    return before.text == b")" and typed == [b"typeof", b"("]  # typeof(x) name(


def assigned(code: list[Token], at: int) -> bool:
    """Whether the name stands in a value or a list, not where a declaration names it."""
    closed = 0
    for token in reversed(code[max(0, at - 40) : at]):
        closed += {b")": 1, b"(": -1}.get(token.text, 0)
        if token.text in (b";", b"}", b"{"):
            return False
        if token.text == b"=" or closed < 0:
            return True
    return False


def calls_in_directive(tokens: list[Token]) -> Iterator[Call]:
    if len(tokens) < 3 or tokens[0].text != b"define":
        return
    body = tokens[2:]
    name = tokens[1]
    if body and body[0].text == b"(" and body[0].start == name.start + len(name.text):
        closing = next((n for n, each in enumerate(body) if each.text == b")"), -1)
        body = body[closing + 1 :] if macro_like(body[: closing + 1]) else body
    for at, token in enumerate(body[:-1]):
        if token.kind != "word" or body[at + 1].text != b"(" or not names_callee(token):
            continue
        before = body[at - 1] if at else Token("mark", b";", 0)
        if before.text in (b"#", b"##") or declares(body, at, before, 1):
            continue
        yield token.line, token.text.decode()


def macro_like(tokens: list[Token]) -> bool:
    return all(each.kind == "word" or each.text in (b"(", b")", b",", b".") for each in tokens)


def true_calls(source: bytes) -> Counter[Call]:
    if ASSEMBLER.search(source):
        return Counter()
    code, directives = split(source)
    found = Counter(calls_in_code(code))
    for each in directives:
        found.update(calls_in_directive(each))
    return found


@dataclass(slots=True)
class Sums:
    files: int = 0
    bytes: int = 0
    broken: int = 0
    tokens: int = 0
    unclassified: int = 0
    true: int = 0
    said: int = 0
    both: int = 0
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def measure(paths: list[Path]) -> Sums:
    sums = Sums()
    for path in paths:
        source = path.read_bytes()
        truth = true_calls(source)
        names = frozenset(name for _, name in truth)
        begun = time.process_time()
        index = index_file("x" + path.suffix, source, names)
        sums.seconds += time.process_time() - begun
        sums.files += 1
        sums.bytes += len(source)
        sums.broken += SourceFile("x", source).parses[0].root.has_error
        code = [each for each in index.references if each.kind != "comment"]
        sums.tokens += len(code) + len(index.unclassified)
        sums.unclassified += len(index.unclassified)
        said = Counter((each.place.line, each.symbol) for each in code if each.kind == "call")
        # the truth cannot tell a function pointer that is a parameter from a function
        truth -= Counter((e.place.line, e.symbol) for e in code if e.target == "local")
        sums.true += truth.total()
        sums.said += said.total()
        sums.both += (truth & said).total()
        sums.missed += [f"{path}:{line} {name}" for line, name in truth - said]
        sums.surplus += [f"{path}:{line} {name}" for line, name in said - truth]
        sums.unknown += [f"{path}:{each.place.line} {each.symbol}" for each in index.unclassified]
    return sums


def sample(tree: Path, seed: int, count: int) -> list[Path]:
    every = sorted(
        path for path in tree.rglob("*.[ch]") if path.is_file() and not path.is_symlink()
    )
    return sorted(random.Random(seed).sample(every, min(count, len(every))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    sums = measure(sample(given.tree, given.seed, given.files))
    print(
        f"{sums.files} files, {sums.bytes / 1e6:.1f} MB, {sums.bytes / 1e6 / sums.seconds:.1f} MB/s"
    )
    print(f"files with an error after masking: {sums.broken / sums.files:.2%}")
    share = sums.unclassified / sums.tokens
    print(f"tokens unclassified: {sums.unclassified} of {sums.tokens} = {share:.4%}")
    print(f"call tokens: {sums.true} true, recall {sums.both / sums.true:.4%}")
    print(f"call tokens: {sums.said} said, precision {sums.both / sums.said:.4%}")
    for title, listed in (
        ("missed", sums.missed),
        ("surplus", sums.surplus),
        ("unclassified", sums.unknown),
    ):
        chosen = random.Random(1).sample(listed, min(given.show, len(listed)))
        print("\n".join([f"{title}: {len(listed)}", *sorted(chosen)]))


if __name__ == "__main__":
    main()
