"""Turns the types of parameters into objects that threads share, and how they begin.

There is one object of each type, so that threads meet in it. Lists begin empty,
counts at one for each thread; a pointer points to the object of its type.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kpatch_tools.modelcheck.draft.containers import LINK, Containers
from kpatch_tools.modelcheck.extract.index import SHIM, Index
from kpatch_tools.modelcheck.extract.members import Member

# struct item *parent;   struct list_head items[4];   refcount_t users;
DECLARED = re.compile(
    r"\s*(?:const\s+|volatile\s+|unsigned\s+)*(?P<type>(?:struct\s+)?\w+)\s*(?P<star>\**)\s*(?P<name>\w+)"
    r"\s*(?P<array>\[[^;]*\])?\s*;\s*\Z"
)
TAG = re.compile(r"struct (\w+)\Z")
COUNT = re.compile(r"ref|count|users|usage")
LISTS = {"struct list_head": "INIT_LIST_HEAD"}
MOST = 12
DEEPEST = 4


@dataclass(slots=True)
class Objects:
    """Objects by type, in the order of their use; `threads` is how many there are.

    `around`: the struct in which an object of a type lies.
    """

    index: Index
    structs: Mapping[str, tuple[Member, ...]]
    threads: int
    around: Containers = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def of(self, type_: str) -> str | None:
        """The name of the object of a type; None for a type that nothing defines here."""
        if type_ not in self.found:
            if len(self.found) == MOST or not self._is_complete(type_):
                return None
            self.found[type_] = f"the_{type_.rpartition(' ')[2]}"
            if type_ in self.around:
                self.of(self.around[type_][0])
        return self.found[type_]

    def beginnings(self) -> Iterator[str]:
        """Statements that make every object; more objects turn up on the way."""
        made: list[str] = []
        links: list[str] = []
        done: set[str] = set()
        while waiting := [type_ for type_ in self.found if type_ not in done]:
            for type_ in waiting:
                done.add(type_)
                name = self.found[type_]
                outer, member = self.around.get(type_, ("", ""))
                if outer in self.found:
                    links.insert(0, f"{name} = &{self.found[outer]}->{member};")
                else:
                    made.append(self._made(type_, name))
                    links += self._begun(type_, f"{name}->", 0)
        yield from made
        yield from links

    def _made(self, type_: str, name: str) -> str:
        if type_ == "struct page":
            return f"{name} = alloc_pages(GFP_KERNEL, 0);"
        return f'{name} = eng_zalloc(sizeof(*{name}), "{name}");'

    def _is_complete(self, type_: str) -> bool:
        tag = TAG.match(type_)
        if tag is None:
            return self.index.typedef(type_) is not None
        return self.index.tag(tag[1], "") is not None

    def _begun(self, type_: str, prefix: str, depth: int) -> Iterator[str]:
        """What is not zero in an object of that type."""
        if type_ in LISTS:
            yield f"{LISTS[type_]}({_address(prefix)});"
            return
        tag = TAG.match(type_)
        known = self.index.tag(tag[1], "") if tag else None
        if tag is None or known is None or known.path.startswith(SHIM) or depth > DEEPEST:
            return
        if tag[1] != "page":
            for member in self.structs.get(tag[1], ()):
                yield from self._member(type_, member, prefix, depth)

    def _member(self, owner: str, member: Member, prefix: str, depth: int) -> Iterator[str]:
        if member.inner:
            names = [name for name in member.names if " " not in name]
            inside = f"{prefix}{names[0]}." if names else prefix
            for inner in member.inner[: 1 if member.union else None]:
                yield from self._member(owner, inner, inside, depth)
            return
        match = DECLARED.match(member.text)
        if match is None:
            return
        type_ = " ".join(match["type"].split())
        at = f"{prefix}{match['name']}"
        if match["array"]:
            if not match["star"]:
                yield from self._each(type_, at, depth)
        elif match["star"]:
            if (
                match["star"] == "*"
                and TAG.match(type_)
                and type_ != owner
                and not LINK.match(type_)
            ):
                to = self.of(type_)
                if to is not None:
                    yield f"{at} = {to};"
        else:
            yield from self._embedded(type_, match["name"], at, depth)

    def _each(self, type_: str, at: str, depth: int) -> Iterator[str]:
        """The elements of an array, one like the other; arrays in arrays stay zero."""
        begun = [] if depth > DEEPEST else list(self._begun(type_, f"{at}[i].", depth + 1))
        if begun and not any(line.startswith("for ") for line in begun):
            yield f"for (i = 0; i < sizeof({at}) / sizeof({at}[0]); i++) {{"
            yield from (f"\t{line}" for line in begun)
            yield "}"

    def _embedded(self, type_: str, name: str, at: str, depth: int) -> Iterator[str]:
        if type_ == "refcount_t":
            yield f"refcount_set(&{at}, {self.threads});"
        elif type_ == "struct kref":
            yield f"kref_init(&{at});"
            yield from (f"kref_get(&{at});" for _ in range(self.threads - 1))
        elif type_ == "atomic_t" and COUNT.search(name):
            yield f"atomic_set(&{at}, {self.threads});"
        else:
            yield from self._begun(type_, f"{at}.", depth + 1)


def _address(prefix: str) -> str:
    """`item->list.` as the address of what it leads to."""
    return prefix.removesuffix("->") if prefix.endswith("->") else f"&{prefix.removesuffix('.')}"
