"""Turns the plug-ins into what `kpt list` and `kpt explain` print."""

import re

from kpatch_tools import checks, inputs, migrations, modelcheck, plugins, reports
from kpatch_tools.errors import KptError, nearly
from kpatch_tools.resources import package_folder

Catalogue = dict[str, dict[str, str]]


def catalogue() -> Catalogue:
    """Kind -> name -> text. Texts are the docstrings of modules and the summaries of files."""
    return {
        "topics": _topics(),
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
    return "\n".join((*lines, "", "kpt explain NAME tells more of each.", ""))


def explanation(name: str) -> str:
    """The whole text of one plug-in, or of the topics that define the word.

    KptError where none has the name; its hint has those that are nearly the same.
    """
    entries = catalogue()
    for kind, texts in entries.items():
        if name in texts:
            return f"{name} ({kind[:-1]})\n\n{texts[name].strip()}\n"
    word = re.compile(rf"(?m)^{re.escape(name)}(?::|[ ]{{2,}}| [ ]*\S+:)")
    topics = [topic for topic, text in entries["topics"].items() if word.search(text)]
    if topics:
        return "\n".join(explanation(topic) for topic in topics)
    every = {each for texts in entries.values() for each in texts} | set(_words(entries["topics"]))
    raise KptError(f"nothing is named {name!r}", nearly(name, every, "kpt list shows every name"))


def _words(topics: dict[str, str]) -> list[str]:
    """Words that a topic defines, at the beginning of a line."""
    return [word for text in topics.values() for word in re.findall(r"(?m)^([a-z-]+):", text)]


def _topics() -> dict[str, str]:
    folder = package_folder("topics")
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".txt"): file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".txt")
    }


def _documented(package: str) -> dict[str, str]:
    return {name: plugins.explanation(module) for name, module in plugins.modules(package).items()}
