"""Finds what a C file declares at file scope, from its text alone.

Column 0 and brackets, as the kernel writes: no parser, and nothing of kpt. What
is not written like that is not found, which only makes the choice smaller.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# static int take(struct item *item)
# {
FUNCTION = re.compile(
    r"^(?P<head>(?:[A-Za-z_][\w \t*]*[ \t*\n])(?P<name>[a-z_]\w+)\((?P<args>[^;{}()#]*)\))\n\{\n"
    r"(?:[^}\n][^\n]*\n|\n)*\}\n",
    re.MULTILINE,
)
# #define TAKE(item) \
#         (item)
MACRO = re.compile(
    r"^#define[ \t]+(?P<name>[A-Za-z_]\w+)(?P<args>\([^()\n]*\))?[ \t]+"
    r"(?:[^\n]*\\\n)*[^\n]*[^\\\n]\n",
    re.MULTILINE,
)
# extern int take(struct item *item,
#                 int count);
PROTOTYPE = re.compile(
    r"^(?P<head>(?:extern |unsigned |struct |const |bool |int |void |long |u\d+ )"
    r"[\w \t*]*?[ \t*](?P<name>[a-z_]\w+)\((?P<args>[^;{}()#]*)\));\n",
    re.MULTILINE,
)
# static struct item *first __read_mostly = NULL;
VARIABLE = re.compile(
    r"^static [\w \t*]*?[ \t*](?P<name>(?!__)[a-z_]\w+)(?:\[\w*\])?(?: __\w+)*"
    r"(?: = [^;{}\n]*| = \{\n(?:[^}\n][^\n]*\n)*\})?;\n",
    re.MULTILINE,
)
# enum state {
#         IDLE,
# };
RECORD = re.compile(
    r"^(?P<kind>struct|enum) (?P<name>\w+) \{\n(?P<body>(?:[^}\n][^\n]*\n|\n)*)\}[^;\n]*;\n",
    re.MULTILINE,
)
CONFIG = re.compile(r"\bCONFIG_([A-Z0-9_]+)\b")
DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(ifdef|ifndef|if|elif|else|endif)\b(.*)$", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
PATTERNS = {
    "function": FUNCTION,
    "macro": MACRO,
    "prototype": PROTOTYPE,
    "variable": VARIABLE,
    "record": RECORD,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A declaration; `start`..`end` are offsets of its whole lines in the file's text.

    `arguments`: what stands in its parentheses, None without any.
    """

    path: str
    kind: str
    name: str
    start: int
    end: int
    arguments: str | None
    text: str
    guards: tuple[str, ...]

    @property
    def is_static(self) -> bool:
        return self.text.startswith("static ")


def items(path: str, text: str) -> Iterator[Item]:
    """Every declaration that balances its own #if lines and comments, kind by kind."""
    directives = list(DIRECTIVE.finditer(text))
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            inside = [d[1] for d in directives if match.start() <= d.start() < match.end()]
            opened = sum(word in {"if", "ifdef", "ifndef"} for word in inside)
            if opened != inside.count("endif") or "/*" in COMMENT.sub("", match[0]):
                continue
            arguments = match.groupdict().get("args")
            guards = tuple(guards_at(directives, match.start()))
            yield Item(
                path,
                kind,
                match["name"],
                match.start(),
                match.end(),
                arguments,
                match[0],
                guards,
            )


def guards_at(directives: list[re.Match[str]], offset: int) -> list[str]:
    """The #if lines open at an offset, outermost first; an #else arm begins with `else`."""
    stack: list[str] = []
    for directive in directives:
        if directive.start() >= offset:
            break
        word, rest = directive[1], directive[2].strip()
        if word in {"if", "ifdef", "ifndef"}:
            stack.append(f"{word} {rest}")
        elif word == "endif" and stack:
            stack.pop()
        elif stack:
            stack[-1] = f"{word} {rest} ({stack[-1]})"
    return stack


def named(name: str, text: str) -> int:
    """How often the word stands in code (not in comments)."""
    return len(re.findall(rf"\b{name}\b", COMMENT.sub(" ", text)))


def files_naming(tree: Path, name: str, *below: str) -> tuple[str, ...]:
    """Paths below the folders whose text has the word, as git grep finds them."""
    command = ["git", "-C", str(tree), "grep", "-lwF", "-e", name, "--", *below]
    return tuple(subprocess.run(command, capture_output=True, text=True).stdout.split())


def tracked(tree: Path, *below: str) -> tuple[str, ...]:
    """Every path that git knows below the folders."""
    command = ["git", "-C", str(tree), "ls-files", "--", *below]
    return tuple(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def as_patch(tree: Path, edits: dict[str, str]) -> str:
    """What git says of the tree with these texts in place; the tree is put back."""
    kept = {path: (tree / path).read_bytes() for path in edits}
    try:
        for path, text in edits.items():
            (tree / path).write_bytes(text.encode("utf-8", "surrogateescape"))
        command = ["git", "-C", str(tree), "diff", "--no-ext-diff", "--", *edits]
        run = subprocess.run(command, capture_output=True, check=True)
    finally:
        for path, content in kept.items():
            (tree / path).write_bytes(content)
    return run.stdout.decode("utf-8", "surrogateescape")


def text_of(tree: Path, path: str) -> str:
    return (tree / path).read_bytes().decode("utf-8", "surrogateescape")
