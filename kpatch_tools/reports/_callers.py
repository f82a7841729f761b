"""Turns an Index into the text or JSON of `kpt callers`, and an Audit into its account."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kpatch_tools.condition import TRUE, show
from kpatch_tools.csource import Account, Audit
from kpatch_tools.domain import Index, Reference, Skipped


@dataclass(frozen=True, slots=True)
class Uses:
    """What was asked (`names`, of the tree called `tree`), what was found, what was not read."""

    index: Index
    names: tuple[str, ...]
    tree: str
    skipped: tuple[Skipped, ...]

    @property
    def references(self) -> list[Reference]:
        """By symbol and place."""
        return sorted(self.index.references, key=lambda r: (r.symbol, r.place, r.kind, r.made))

    @property
    def unclassified(self) -> list[Skipped]:
        """By symbol and place."""
        return sorted(self.index.unclassified, key=lambda s: (s.symbol, s.place))

    @property
    def absent(self) -> list[str]:
        """Names that nothing in the tree has."""
        used = {each.symbol for each in self.index.references}
        return sorted(set(self.names) - used - {each.symbol for each in self.index.unclassified})


def callers_report(uses: Uses, form: str) -> str:
    """Every use, as `text` or `json`."""
    if form == "json":
        return json.dumps(_uses(uses), indent=2) + "\n"
    return "".join(f"{line}\n" for line in (*map(_use_line, uses.references), *_open_lines(uses)))


def audit_report(uses: Uses, audit: Audit, form: str) -> str:
    """The account of every file, as text; as JSON together with every use."""
    if form == "json":
        return json.dumps({**_uses(uses), "audit": _audit(audit)}, indent=2) + "\n"
    lines = [line for account in audit.accounts for line in _account_lines(account)]
    return "".join(f"{line}\n" for line in (*lines, _total(audit), *_open_lines(uses)))


def _use_line(reference: Reference) -> str:
    inside = f" in {reference.function}" if reference.function else ""
    made = f" by {reference.made}" if reference.made else ""
    when = f" if {show(reference.condition)}" if reference.condition != TRUE else ""
    place = f"{reference.place.path}:{reference.place.line}"
    name = f"{reference.owner}.{reference.symbol}" if reference.owner else reference.symbol
    return f"{place}: {name}: {reference.kind}{made}{inside}{when}"


def _open_lines(uses: Uses) -> Iterator[str]:
    """What no parse understood, what was not read, and what nothing names."""
    for skip in uses.unclassified:
        yield f"{skip.place.path}:{skip.place.line}: {skip.symbol}: unclassified: {skip.reason}"
    for skip in uses.skipped:
        yield f"{skip.place.path}:{skip.place.line}: not looked at: {skip.reason}"
    for symbol in uses.absent:
        yield f"{symbol}: nothing in {uses.tree} names it"


def _account_lines(account: Account) -> Iterator[str]:
    yield f"{account.path}: {_sum(account.tokens, dict(account.kinds), len(account.unclassified))}"
    if account.pasted:
        yield f"  and {account.pasted} made by macro calls, where no token stands"
    for gap in account.gaps:
        place = f"{gap.place.path}:{gap.place.line}"
        yield (
            f"{place}: {gap.symbol}: {gap.tokens} tokens, {gap.references} accounted for:"
            f" difference {gap.tokens - gap.references}"
        )


def _sum(tokens: int, kinds: dict[str, int], unclassified: int) -> str:
    terms = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    if unclassified:
        terms.append(f"{unclassified} unclassified")
    return f"{tokens} tokens = {' + '.join(terms) or '0'}"


def _total(audit: Audit) -> str:
    kinds = Counter[str]()
    for account in audit.accounts:
        kinds.update(dict(account.kinds))
    tokens = sum(account.tokens for account in audit.accounts)
    unclassified = sum(len(account.unclassified) for account in audit.accounts)
    gaps = [gap for account in audit.accounts for gap in account.gaps]
    verdict = f"does not balance in {len(gaps)} lines" if gaps else "balances"
    linked = f", {audit.links} symbolic links not followed" if audit.links else ""
    return (
        f"{audit.files} files read{linked}; {len(audit.accounts)} name a symbol:"
        f" {_sum(tokens, dict(kinds), unclassified)}; {verdict}"
    )


def _uses(uses: Uses) -> dict[str, object]:
    return {
        "references": [
            {
                "symbol": reference.symbol,
                "kind": reference.kind,
                "path": reference.place.path,
                "line": reference.place.line,
                "function": reference.function,
                "condition": show(reference.condition),
                "arguments": reference.arguments,
                "target": reference.target,
                "owner": reference.owner,
                "made": reference.made,
            }
            for reference in uses.references
        ],
        "unclassified": [_skip(skip) | {"symbol": skip.symbol} for skip in uses.unclassified],
        "skipped": [_skip(skip) for skip in uses.skipped],
        "absent": uses.absent,
    }


def _skip(skip: Skipped) -> dict[str, object]:
    return {"path": skip.place.path, "line": skip.place.line, "reason": skip.reason}


def _audit(audit: Audit) -> dict[str, object]:
    return {
        "files": audit.files,
        "links": audit.links,
        "complete": audit.complete,
        "accounts": [
            {
                "path": account.path,
                "tokens": account.tokens,
                "kinds": dict(account.kinds),
                "unclassified": len(account.unclassified),
                "pasted": account.pasted,
                "gaps": [
                    {
                        "line": gap.place.line,
                        "symbol": gap.symbol,
                        "tokens": gap.tokens,
                        "references": gap.references,
                    }
                    for gap in account.gaps
                ],
            }
            for account in audit.accounts
        ],
    }
