"""Turns an Audit into the account of `kpt callers --audit`, as text or JSON."""

import json
from collections import Counter
from collections.abc import Iterator

from kpatch_tools.csource import Account, Audit
from kpatch_tools.reports._callers import Uses, open_lines, uses_json


def audit_report(uses: Uses, audit: Audit, form: str) -> str:
    """The account of every file, as text; as JSON together with every use."""
    if form == "json":
        return json.dumps({**uses_json(uses), "audit": _audit(audit)}, indent=2) + "\n"
    lines = [line for account in audit.accounts for line in _account_lines(account)]
    return "".join(f"{line}\n" for line in (*lines, _total(audit), *open_lines(uses)))


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
