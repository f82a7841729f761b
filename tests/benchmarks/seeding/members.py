"""Chooses struct members whose every use in the tree can be told from text.

The struct is defined in a .c file, so no other file can reach into it. In that
file every `->name`, `.name` and macro argument `name` must have an object
whose declaration `struct tag *object` stands in the same function, at file
scope, or in a struct of the same file; else the member is not chosen.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kpatch_tools.domain import Tree
from seeding.census import Census
from seeding.kinds import Site
from seeding.lexing import Lexed, lex
from seeding.subjects import Subject

SHARED = "member, shared name"
ALONE = "member"
Span = tuple[int, int]


@dataclass(slots=True)
class Structs:
    """`members[tag][name]` is the tag of the member's own type or ""; `bodies` the braces."""

    members: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, Span] = field(default_factory=dict)


def propose_members(tree: Tree, paths: list[str]) -> tuple[list[tuple[str, str, str]], set[str]]:
    """(path, tag, member) of structs in .c files; names that several structs of headers have."""
    found: list[tuple[str, str, str]] = []
    owners: dict[str, int] = {}
    for path in paths:
        source = tree.read(path) or b""
        if len(source) > 200_000:
            continue
        structs = structs_of(lex(source))
        for tag, members in structs.members.items():
            for name in members:
                owners[name] = owners.get(name, 0) + 1
                if path.endswith(".c"):
                    found.append((path, tag, name))
    return found, {name for name, count in owners.items() if count > 2}


def choose_members(
    tree: Tree, census: Census, paths: list[str], seed: int, quota: int
) -> Iterator[Subject]:
    """Up to `quota` members with a shared name, and as many with one of their own."""
    chance = random.Random(seed)
    proposed, shared = propose_members(tree, paths)
    chance.shuffle(proposed)
    counts = {SHARED: 0, ALONE: 0}
    used: set[str] = set()
    for path, tag, name in proposed:
        kind = SHARED if name in shared else ALONE
        if counts[kind] >= quota or path in used:
            continue
        sites = sites_of(tree.read(path) or b"", path, tag, name, census)
        if sites is None or len(sites) < 3:
            continue
        left = chance.sample(sites[1:], min(len(sites) - 2, chance.randint(1, 3)))
        counts[kind] += 1
        used.add(path)
        yield Subject(
            name, kind, "rename", tuple(sites), tuple(sorted(left, key=lambda s: s.start))
        )


def structs_of(file: Lexed) -> Structs:
    """The structs with a tag at file scope."""
    found = Structs()
    for index, token in enumerate(file.tokens):
        heads = token.text == b"struct" and file.opener[index] == -1 and not token.directive
        if heads and file.text(index + 2) == b"{" and index + 2 in file.closer:
            tag = file.text(index + 1).decode()
            span = (index + 2, file.closer[index + 2])
            if tag in found.bodies:
                found.members[tag] = {}
                continue
            found.bodies[tag] = span
            found.members[tag] = dict(_members(file, span))
    return found


def _members(file: Lexed, span: Span) -> Iterator[tuple[str, str]]:
    """Plain members: words before `;`, `,` or `[` right in the braces."""
    tag = ""
    for index in range(span[0] + 1, span[1]):
        if file.opener[index] != span[0]:
            continue
        if file.text(index) == b";":
            tag = ""
        if file.text(index) == b"struct" and file.tokens[index + 1].kind == "word":
            tag = file.text(index + 1).decode()
        token = file.tokens[index]
        named = token.kind == "word" and file.text(index + 1) in (b";", b",", b"[")
        if named and (
            file.tokens[index - 1].kind == "word" or file.text(index - 1) in (b"*", b",")
        ):
            yield token.text.decode(), tag


def sites_of(source: bytes, path: str, tag: str, name: str, census: Census) -> list[Site] | None:
    """The member's declaration, then its uses; None where one word cannot be told."""
    file = lex(source)
    structs = structs_of(file)
    if name not in structs.members.get(tag, {}) or file.torn:
        return None
    found: list[Site] = []
    for index, token in enumerate(file.tokens):
        called = token.text.decode("latin-1") if file.text(index + 1) == b"(" else ""
        if any(_reaches(each.body, name) for each in census.macros.get(called, ())):
            return None
        if token.text != name.encode() or token.kind != "word":
            continue
        owner = _owner(file, index, structs, census)
        if owner is None or token.directive:
            return None
        if owner == tag:
            found.append(Site(path, token.line, token.start, "member"))
    span = structs.bodies[tag]
    inside = [s for s in found if file.tokens[span[0]].start < s.start < file.tokens[span[1]].start]
    return found if len(inside) == 1 and found[0] == inside[0] else None


def _reaches(body: bytes, name: str) -> bool:
    squeezed = body.replace(b" ", b"").replace(b"\t", b"")
    return b"->" + name.encode() in squeezed or b"." + name.encode() in squeezed


def _owner(file: Lexed, index: int, structs: Structs, census: Census) -> str | None:
    """The tag whose member the word is, "-" if it is no member, None if that cannot be told."""
    before = file.text(index - 1)
    for tag, (first, last) in structs.bodies.items():
        if first < index < last:
            return tag if file.opener[index] == first and file.text(index + 1) in b";,[:" else None
    if before in (b".", b"->"):
        if before == b"." and file.text(index - 2) in (b"{", b","):
            return _designated(file, index)
        return _object(file, index - 2, structs)
    if (
        before == b","
        and file.text(index - 3) == b"struct"
        and file.text(index + 1) in (b")", b",")
    ):
        return file.text(index - 2).decode()
    outer = file.opener[index]
    while outer != -1:
        if file.text(outer) == b"(" and file.text(outer - 1).decode("latin-1") in census.macros:
            return None
        outer = file.opener[outer]
    return "-"


def _designated(file: Lexed, index: int) -> str | None:
    """struct tag object = { .name: the tag."""
    outer = file.opener[index]
    at = outer - 1
    if file.text(at) == b")" and file.text(at - 2) == b"struct":
        return file.text(at - 1).decode()
    if file.text(at) != b"=":
        return None
    at -= 1
    while file.text(at) in (b"]",):
        at = file.opener[at] if file.text(file.opener[at]) == b"[" else _opened(file, at)
        at -= 1
    return file.text(at - 1).decode() if file.text(at - 2) == b"struct" else None


def _opened(file: Lexed, closing: int) -> int:
    return next((start for start, end in file.closer.items() if end == closing), 0)


def _object(file: Lexed, at: int, structs: Structs) -> str | None:
    """The struct of the object that ends at token `at`."""
    while file.text(at) == b"]":
        at = _opened(file, at) - 1
    token = file.tokens[at]
    if token.kind != "word":
        return None
    if file.text(at - 1) in (b".", b"->"):
        holder = _object(file, at - 2, structs)
        inner = structs.members.get(holder or "", {}).get(token.text.decode())
        return inner or None
    return _declared(file, at)


def _declared(file: Lexed, at: int) -> str | None:
    """The tag that the one declaration of the variable in its function, or outside, names."""
    first, last = _function(file, at)
    local = _tags(file, file.tokens[at].text, range(first, last))
    if local:
        return local.pop() if len(local) == 1 and None not in local else None
    outside = [n for n in range(len(file.tokens)) if file.opener[n] == -1]
    found = _tags(file, file.tokens[at].text, outside)
    return found.pop() if len(found) == 1 and None not in found else None


def _tags(file: Lexed, name: bytes, where: Mapping | range | list[int]) -> set[str | None]:
    """Tags of what reads like declarations of the name; None for another type."""
    found: set[str | None] = set()
    for index in where:
        if file.text(index) != name or file.tokens[index].directive:
            continue
        if file.text(index + 1) not in (b";", b",", b"=", b")", b"[") or file.text(index - 1) in (
            b".", b"->",
        ):  # fmt: skip
            continue
        back = index - 1
        while file.text(back) == b"*":
            back -= 1
        stars = index - 1 - back
        if file.text(back) == b"," and file.text(file.opener[index]) != b"(":
            # struct a *x, *y;
            while back > 0 and file.text(back) not in (b";", b"{", b"}", b"(", b")"):
                back -= 1
            if file.text(back + 1) in (b"struct", b"static", b"const"):
                at = back + 1 if file.text(back + 1) == b"struct" else back + 2
                found.add(file.text(at + 1).decode() if file.text(at) == b"struct" else None)
            continue
        if file.tokens[back].kind != "word" or file.text(back) in (b"return", b"sizeof", b"case"):
            continue
        if file.text(back - 1) == b"struct":
            found.add(file.text(back).decode())
        elif (
            file.opener[index] == -1
            or stars == 0
            or file.text(back - 1) in (b"(", b";", b"{", b",")
        ):
            found.add(None)
    return found


def _function(file: Lexed, at: int) -> Span:
    """From the head of the function around a token to its closing brace."""
    top = at
    while file.opener[top] != -1:
        top = file.opener[top]
    last = file.closer.get(top, top)
    first = top
    while first > 0 and file.text(first - 1) not in (b";", b"}"):
        first -= 1
    return first, last
