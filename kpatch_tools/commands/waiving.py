"""Turns a person's word on findings into waivers: lines of a file, or trailers."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.cache import Cache
from kpatch_tools.domain import Excuse, Finding
from kpatch_tools.errors import Exit, KptError
from kpatch_tools.git import surrounding_repository
from kpatch_tools.waivers import FILE, Waiver, as_trailer, private_file, written

# id -> meaning, and where it is, for a person
Claim = tuple[str, str]
_CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Word:
    """Why, and the report that has the findings (None: what kpt said last)."""

    why: str
    report: str | None = None


def remember(findings: Iterable[Finding], cache: Cache) -> None:
    """Keep what was told, so that it can be waived by its id alone."""
    for finding in findings:
        where = f"{finding.place.path}:{finding.place.line} [{finding.rule}]"
        cache.keep((_CLAIM, finding.id), Claim, (finding.meaning, where))


def waivers(names: Sequence[str], word: Word, cache: Cache) -> tuple[tuple[Waiver, str], ...]:
    """Each finding's waiver, and where the finding is. KptError where one is not known."""
    why = " ".join(word.why.split())
    if not why:
        raise KptError("a waiver needs a reason", "say with --why what makes the finding no fault")
    reported = None if word.report is None else _reported(Path(word.report))
    found = []
    for name in dict.fromkeys(names):
        claim = _kept(name, cache) if reported is None else reported.get(name)
        if claim is None:
            where = word.report or "what kpt verify said last"
            hint = "run kpt verify again, or name its JSON report with --report"
            raise KptError(f"no finding {name} in {where}", hint)
        found.append((Waiver(name, claim[0], Excuse("waived", why, "")), claim[1]))
    return tuple(found)


def as_trailers(waived: Iterable[tuple[Waiver, str]]) -> str:
    return "".join(as_trailer(waiver) for waiver, _ in waived)


def add(waived: Sequence[tuple[Waiver, str]], file: Path | None) -> str:
    """Add them to a file (None: the clone's own); what was done. KptError where it cannot be."""
    path = _own() if file is None else file
    try:
        before = path.read_text("utf-8") if path.exists() else ""
        lines = set(before.splitlines(keepends=True))
        new = [written(waiver) for waiver, _ in waived if written(waiver) not in lines]
        start = before if before.endswith("\n") or not before else f"{before}\n"
        path.write_text(start + "".join(new), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KptError(f"cannot write {path}: {error}", "name another file with -o") from error
    told = [f"waived {waiver.id}: {where}\n" for waiver, where in waived]
    later = f"it counts once {FILE} is committed in the base tree\n" if path.name == FILE else ""
    return "".join((*told, f"written to {path}\n", later))


def _own() -> Path:
    repository = surrounding_repository(Path.cwd())
    if repository is None:
        raise KptError("there is no git repository here", "name a file with -o")
    return private_file(repository)


def _kept(name: str, cache: Cache) -> Claim | None:
    if not cache.kept:
        hint = "name the JSON report that has the finding with --report, or unset KPT_CACHE=off"
        raise KptError("there is no cache that would know findings", hint)
    known = cache.known((_CLAIM, name), Claim)
    return None if known is None else known[0]


def _reported(path: Path) -> dict[str, Claim]:
    hint = "it must be what kpt verify --format json=FILE wrote"
    try:
        findings = json.loads(path.read_bytes())["findings"]
        return {
            each["id"]: (each["meaning"], f"{each['path']}:{each['line']} [{each['rule']}]")
            for each in findings
        }
    except OSError as error:
        raise KptError(f"cannot read {path}: {error.strerror}", hint) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KptError(f"{path} is no report of kpt", hint, Exit.NOT_UNDERSTOOD) from error
