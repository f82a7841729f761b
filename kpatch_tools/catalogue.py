"""Turns the plug-ins into what `kpt list` and `kpt explain` print."""

from kpatch_tools import checks, inputs, migrations, modelcheck, plugins, reports
from kpatch_tools.errors import KptError

Catalogue = dict[str, dict[str, str]]


def catalogue() -> Catalogue:
    """Kind -> name -> text. Texts are the docstrings of modules and the summaries of files."""
    return {
        "checks": _documented(checks.__name__),
        "inputs": _documented(inputs.__name__),
        "reports": _documented(reports.__name__),
        "scenarios": modelcheck.descriptions(),
        "migrations": migrations.descriptions(),
    }


def listing() -> str:
    """One line for each plug-in, by kind."""
    lines = []
    for kind, entries in catalogue().items():
        lines.append(f"{kind}:")
        for name, text in entries.items():
            first = text.strip().split("\n", 1)[0]
            lines.append(f"  {name:<24} {first}")
    return "\n".join(lines) + "\n"


def explanation(name: str) -> str:
    """The whole text of one plug-in; KptError where none has the name."""
    entries = catalogue()
    for kind, texts in entries.items():
        if name in texts:
            return f"{name} ({kind[:-1]})\n\n{texts[name].strip()}\n"
    raise KptError(f"nothing is named {name!r}", "kpt list shows every name")


def _documented(package: str) -> dict[str, str]:
    return {name: plugins.explanation(module) for name, module in plugins.modules(package).items()}
