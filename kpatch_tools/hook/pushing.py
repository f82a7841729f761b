"""Turns the ref lines of a push into what is told of the commits that the remote lacks.

Every line is judged, commits that stand behind two of them once. What was not
looked at (merges, root commits, more commits than a person reads) is said, and
leaves the answer incomplete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Progress
from kpatch_tools.errors import Exit
from kpatch_tools.git import Repository, is_shallow_at
from kpatch_tools.hook.chains import Chain, parts_of
from kpatch_tools.hook.judging import Judgement, judged
from kpatch_tools.hook.refs import SHOWN, Known, Push, known_of, push_of
from kpatch_tools.hook.settings import HookOutcome, HookSettings
from kpatch_tools.pipeline import Request

# More commits of one ref are no series that a hook can judge while git waits.
MOST_COMMITS = 200
SKIP = "git push --no-verify skips this check"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What git says of a push: the remote, by name and URL (the same without a name), ref lines."""

    remote: str
    url: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a hook runs, and how it was set."""

    repository: Repository
    settings: HookSettings
    cache: Cache
    progress: Progress

    def request(self, series: str, stdin: bytes | None = None) -> Request:
        """What is asked of a series."""
        return Request(
            series=series,
            stdin=stdin,
            tree=str(self.repository.path),
            cache=self.cache,
            settings=self.settings.asked,
            model_seconds=self.settings.model_seconds,
        )

    def blocks(self, code: int) -> bool:
        """Whether an exit code of kpt verify stops git."""
        return code == Exit.REFUTED or (self.settings.strict and code != Exit.PROVED)


@dataclass(frozen=True, slots=True)
class Said:
    """Of one ref: what it is, more lines, and exit codes."""

    what: str
    lines: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """Commits of one ref with their parents, oldest first, and what is said beside."""

    parents: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def push(hook: Hook, asked: Pushed) -> HookOutcome:
    """Judge every ref line. Blocks on refuted; strict: on warnings and doubts too."""
    pushes = [push_of(line) for line in asked.lines if line.strip()]
    known = known_of(hook.repository, asked.remote, asked.url, pushes) if pushes else Known(())
    said = _said(hook, [_lacking(hook, each, known) for each in pushes], pushes)
    account = [f"kpt: {note}" for note in known.notes]
    for each, own in zip(pushes, said, strict=True):
        account.append(f"kpt: {each.local_ref} -> {each.remote_ref}: {own.what}")
        account.extend(own.lines)
    if blocked := any(hook.blocks(code) for own in said for code in own.codes):
        account.append(f"kpt: push blocked; {SKIP}")
    text = "".join(f"{line}\n" for line in account)
    return HookOutcome(text, Exit.REFUTED if blocked else Exit.PROVED)


def _said(hook: Hook, found: Sequence[Said | Lacking], pushes: Sequence[Push]) -> list[Said]:
    """Of each ref. The longest are judged first: others share their commits."""
    said = {at: each for at, each in enumerate(found) if isinstance(each, Said)}
    left = [(at, each) for at, each in enumerate(found) if isinstance(each, Lacking)]
    seen: dict[str, str] = {}
    for at, lacking in sorted(left, key=lambda item: -len(item[1].parents)):
        said[at] = _of_commits(hook, lacking, seen)
        seen = {**dict.fromkeys(lacking.parents, pushes[at].local_ref), **seen}
    return [said[at] for at in range(len(found))]


def _lacking(hook: Hook, push: Push, known: Known) -> Said | Lacking:
    """What of a ref the remote lacks; or what is said where that is nothing, or too much."""
    repository = hook.repository
    if push.deletes:
        return Said("deleted, nothing to verify")
    tip = repository.find_commit(push.local)
    if tip is None:
        return Said("names no commit, nothing to verify")
    lacking = (tip, "--not", *known.revisions)
    count = repository.count(MOST_COMMITS + 1, *lacking)
    if not count:
        return Said("the remote has every commit, nothing to verify")
    if count <= MOST_COMMITS:
        return Lacking(repository.parents(*lacking))
    more = f"the remote lacks more than {MOST_COMMITS} commits"
    fewer = (*lacking, "--remotes")
    count = repository.count(MOST_COMMITS + 1, *fewer)
    if not count:
        return Said(f"{more}; another remote has them all, nothing was verified")
    if count > MOST_COMMITS:
        tell = f"kpt verify BASE..{tip[:SHOWN]} does"
        return Said(f"{more}; nothing was verified ({tell})", (), (Exit.INCOMPLETE,))
    notes = (f"{more}; those that another remote has were not looked at",)
    return Lacking(repository.parents(*fewer), notes)


def _of_commits(hook: Hook, lacking: Lacking, seen: Mapping[str, str]) -> Said:
    parents = lacking.parents
    parts = parts_of(parents, seen)
    others = sorted({seen[commit] for commit in parents if commit in seen})
    lines = list(lacking.notes)
    codes: list[int] = []
    for merge in parts.merges:
        lines.append(f"{merge[:SHOWN]} is a merge: what it changes itself was not looked at")
        codes.append(Exit.INCOMPLETE)
    chains = [whole for chain in parts.chains if (whole := _rooted(hook, chain, lines, codes))]
    for chain in chains:
        judgement = _judged(hook, chain)
        if len(chains) > 1:
            lines.append(f"{_commits(len(chain.commits))} on {str(chain.base)[:SHOWN]}")
        lines.extend(judgement.lines)
        if judgement.code in (Exit.REFUTED, Exit.INCOMPLETE):
            tip = chain.commits[-1][:SHOWN]
            lines.append(f"kpt verify {str(chain.base)[:SHOWN]}..{tip} tells more")
        codes.append(judgement.code)
    what = _what(len(parents), chains, f", judged with {' and '.join(others)}" if others else "")
    return Said(what, tuple(lines), tuple(codes))


def _what(count: int, chains: Sequence[Chain], beside: str) -> str:
    judged = sum(len(chain.commits) for chain in chains)
    if beside:
        all_of = "" if not judged else f" but for {judged}"
        return f"{_commits(count)}{beside}{all_of}"
    on = f" on {str(chains[0].base)[:SHOWN]}" if len(chains) == 1 else ""
    return f"{_commits(count)}{on}"


def _rooted(hook: Hook, chain: Chain, lines: list[str], codes: list[int]) -> Chain | None:
    """The chain; of one that begins at a root what follows, which is said."""
    if chain.base is not None:
        return chain
    root, *rest = chain.commits
    why = "the clone is shallow there" if is_shallow_at(hook.repository, root) else "a root commit"
    lines.append(f"{root[:SHOWN]} was not looked at: {why}, there is nothing to judge it against")
    codes.append(Exit.INCOMPLETE)
    return Chain(root, tuple(rest)) if rest else None


def _judged(hook: Hook, chain: Chain) -> Judgement:
    request = hook.request(f"{chain.base}..{chain.commits[-1]}")
    return judged(hook.repository, request, (), hook.progress)


def _commits(number: int) -> str:
    return f"{number} commit{'s' * (number != 1)}"
