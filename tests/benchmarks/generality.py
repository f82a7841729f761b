"""Random functions of a real kernel as models: how many build, and what the others lack.

    python tests/benchmarks/generality.py TREE --seed N [--count 12] [--keep DIR]

How the sets are chosen: the .c files of TREE (those below arch/ only of x86, none of tools,
samples, scripts, Documentation) in an order drawn from the seed; of each the functions whose body
takes a lock (spin, rw, mutex, rwsem; raw ones too) and touches a list or a reference count; of
these one by lot. Its set is that function and, in the order of the file, up to LARGEST - 1 others
of its file that take a lock of the same name and touch a list or a count. A file that no x86
configuration builds in, or that no Makefile lists (another file includes it), is passed over, and
said.

What is done with a set: `kpt model new` drafts a scenario of all its functions; two threads are
started, of the first two functions (of the one, twice), on shared objects. A set

- builds with no change if it is extracted and compiled and the scenario runs to an answer;
- builds after adding names if a schedule leaves the model in functions of other files, and it runs
  to an answer once those get a body that does nothing and returns 0: these names are listed;
- does not build otherwise, with the first reason.

An answer is not yet a verdict on the kernel: objects begin as the draft guesses. Every violation
is printed with its last line in the tree, to be read.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kpatch_tools.domain import Bounded, Held, ModelRun, NotBuilt, Tree, Violated
from kpatch_tools.errors import KptError
from kpatch_tools.kbuild import Kbuild
from kpatch_tools.modelcheck.draft import draft
from kpatch_tools.modelcheck.draft.places import find
from kpatch_tools.modelcheck.extract import TreeState
from kpatch_tools.modelcheck.extract.definitions import definitions
from kpatch_tools.modelcheck.extract.items import cut
from kpatch_tools.modelcheck.extract.source import read_source
from kpatch_tools.modelcheck.running import Job, run_jobs
from kpatch_tools.modelcheck.scenario import read_scenario
from kpatch_tools.tree import open_tree

LARGEST = 4
MOST_NAMES = 25
SECONDS, STATES = 60, 3_000_000
LEFT_OUT = ("tools/", "samples/", "scripts/", "Documentation/", "usr/")
LOCK = re.compile(
    r"\b(?:(?:raw_)?(?:spin|read|write)_lock\w*|mutex_lock\w*|down_(?:read|write)\w*)"
    r"\s*\(\s*(?P<lock>[^,()]*(?:\([^()]*\))?[^,()]*)"
)
TOUCH = re.compile(
    r"\b(?:h?list_(?:add|del|move|splice|replace|for_each|empty|first)\w*|kref_(?:get|put|init)\w*"
    r"|refcount_\w+|atomic_(?:inc|dec)\w*|atomic_add_unless)\s*\("
)
LAST_NAME = re.compile(r"(\w+)\W*\Z")
REACHED = re.compile(r"reached (\w+)")


@dataclass(frozen=True, slots=True)
class Chosen:
    path: str
    functions: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """`kind`: builds, named (after adding `added`) or fails."""

    chosen: Chosen
    kind: str = "fails"
    reason: str = ""
    added: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    drifts: tuple[str, ...] = ()
    seconds: float = 0.0


def candidates(tree: Tree, path: str) -> list[tuple[str, frozenset[str]]]:
    """Functions of the file with the names of the locks they take, in the file's order."""
    content = tree.read(path) or b""
    if b"lock" not in content and b"down_" not in content:
        return []
    found = {}
    text = read_source(path, content).text
    plain = re.sub(r"^[ \t]*#.*", "", text, flags=re.MULTILINE)
    for item in cut(plain):
        for definition in definitions(item, path):
            if definition.kind != "function":
                continue
            body = definition.text[definition.body :]
            locks = [LAST_NAME.search(match["lock"]) for match in LOCK.finditer(body)]
            names = frozenset(match[1] for match in locks if match)
            if names and TOUCH.search(body):
                found.setdefault(definition.name, names)
    return list(found.items())


def choose(tree: Tree, seed: int, count: int) -> Iterator[Chosen]:
    lot = random.Random(seed)
    paths = [path for path in tree.paths() if path.endswith(".c")]
    paths = [path for path in paths if not path.startswith(LEFT_OUT)]
    paths = [path for path in paths if not path.startswith("arch/") or "arch/x86/" in path]
    lot.shuffle(paths)
    made = 0
    kbuild = Kbuild(tree)
    for path in paths:
        found = candidates(tree, path)
        if not found:
            continue
        name, locks = lot.choice(found)
        others = [other for other, theirs in found if other != name and theirs & locks]
        chosen = Chosen(path, (name, *others[: LARGEST - 1]))
        if not kbuild.knows(path):
            print(f"passed over: {path}: no Makefile lists it", flush=True)
            continue
        try:
            find(tree, [f"{path}:{name}"])
        except KptError as error:
            print(f"passed over: {path}: {error.message[:120]}", flush=True)
            continue
        yield chosen
        made += 1
        if made == count:
            return


def with_bodies(text: str, names: Sequence[str]) -> str:
    """stand_ins.h with a body that does nothing for each of the names."""
    for name in names:
        match = re.search(rf"^(?P<head>[^/*#\n].*?\b{name}\(.*\));$", text, re.MULTILINE)
        if match is None:
            continue
        returns = match["head"].split(name + "(")[0]
        nothing = "*" not in returns and re.search(r"\bvoid\b", returns) is not None
        body = "{ }" if nothing else "{ return 0; }"
        text = text[: match.end() - 1] + f" {body}" + text[match.end() :]
    return text


def two_threads(source: str) -> str:
    starts = list(re.finditer(r"^\teng_thread\(.*\n", source, re.MULTILINE))
    for start in reversed(starts[2:]):
        source = source[: start.start()] + source[start.end() :]
    return source


def run(state: TreeState, folder: Path) -> tuple[ModelRun, ...]:
    scenario = read_scenario(folder)
    bounds = replace(scenario.bounds, seconds=SECONDS, states=STATES)
    return run_jobs([Job(0, state, replace(scenario, bounds=bounds))], 2).runs


def shown(outcome: object) -> str:
    match outcome:
        case Held(states):
            return f"held, {states} states"
        case Bounded(limit, states):
            return f"bounded ({limit.split(';')[0]}), {states} states"
        case Violated(invariant, rule, _, trace):
            steps = [step for step in trace if not step.place.path.startswith("kpt:")]
            where = f"{steps[-1].place.path}:{steps[-1].place.line}" if steps else "the scenario"
            return f"violated ({rule}): {invariant} at {where}"
        case _:
            return type(outcome).__name__


def judge(state: TreeState, chosen: Chosen, folder: Path) -> Result:
    result = Result(chosen)
    try:
        made = draft(state.tree, "drafted", [f"{chosen.path}:{name}" for name in chosen.functions])
    except KptError as error:
        result.reason = error.message
        return result
    folder.mkdir(parents=True, exist_ok=True)
    texts = {**made.files, "scenario.c": two_threads(made.files["scenario.c"])}
    while True:
        texts["stand_ins.h"] = with_bodies(made.files["stand_ins.h"], result.added)
        for name, text in texts.items():
            (folder / name).write_text(text)
        outcomes = [run.outcome for run in run(state, folder)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, NotBuilt)]
        reached = [name for each in refused for name in REACHED.findall(each.reason)]
        new = [
            name
            for name in reached
            if name not in result.added
            and f" {name}(" in made.files["stand_ins.h"].replace("*", " ")
        ]
        if not new or len(result.added) > MOST_NAMES:
            break
        result.added += new
    drifts = (drift for each in outcomes for drift in each.extraction.drifts)
    result.drifts = tuple(dict.fromkeys(f"{d.name}: {d.shim} / {d.declared}" for d in drifts))
    if not refused:
        result.kind = "named" if result.added else "builds"
        result.outcomes = [shown(outcome) for outcome in outcomes]
    else:
        result.reason = f"{refused[0].reason} {'; '.join(refused[0].missing[:4])}".strip()
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tree")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--keep", help="where the scenarios are left")
    asked = parser.parse_args()
    state = TreeState(open_tree(asked.tree))
    kept = Path(asked.keep or tempfile.mkdtemp(prefix="kpt-generality-"))
    tally: dict[str, int] = {"builds": 0, "named": 0, "fails": 0}
    for number, chosen in enumerate(choose(state.tree, asked.seed, asked.count), 1):
        start = time.monotonic()
        result = judge(state, chosen, kept / str(number))
        tally[result.kind] += 1
        took = time.monotonic() - start
        names = ", ".join(chosen.functions)
        print(f"{number:2} {result.kind:6} {chosen.path}: {names} ({took:.0f} s)")
        if result.added:
            print(f"     added: {', '.join(result.added)}")
        for outcome in result.outcomes:
            print(f"     {outcome}")
        for drift in result.drifts:
            print(f"     shim-drift: {drift}")
        if result.reason:
            print(f"     {result.reason[:700]}")
        sys.stdout.flush()
    print(
        f"seed {asked.seed}: {tally['builds']} with no change, {tally['named']} after adding names"
        f" only, {tally['fails']} not at all"
    )


if __name__ == "__main__":
    main()
