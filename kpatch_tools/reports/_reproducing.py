"""Turns a finding about a configuration into the one command that shows it to the reader."""

import re
import shlex
from collections.abc import Iterator

from kpatch_tools.domain import Finding

FOLDER = "kpt-build"
WIDTH = 80
# What only the whole build can show: rule -> target of make.
WHOLE = {"unexported": "modules", "undefined-reference": "vmlinux"}
# Lines of a witness that are no settings.
REMARKS = ("# make ", "# where ")
MAKEFILE = re.compile(r"(.*/)(?:Makefile|Kbuild)\Z")


def command(finding: Finding) -> str:
    """Builds the file of the finding under its witness, in a folder of its own.

    "" without a witness, or where the tree has no Kconfig to make a `.config` from.
    The lines of a witness stand beside Kconfig's defaults: `alldefconfig` with
    KCONFIG_ALLCONFIG (Documentation/kbuild/kconfig.rst).
    """
    return " ".join(_words(finding))


def lines(finding: Finding, indent: str) -> Iterator[str]:
    """The command on lines that a shell reads as one."""
    words = _words(finding)
    line = f"{indent}$ "
    for word in words:
        if len(line) + len(word) > WIDTH - 2:
            yield f"{line}\\"
            line = f"{indent}  "
        line += f"{word} "
    if words:
        yield line.rstrip()


def _words(finding: Finding) -> tuple[str, ...]:
    witness = finding.witness
    if witness is None or not witness.built_for:
        return ()
    written = [shlex.quote(line) for line in witness.lines if not line.startswith(REMARKS)]
    return (
        *("mkdir", "-p", FOLDER, "&&"),
        *("printf", r"'%s\n'", *(written or ["''"]), ">", f"{FOLDER}/kpt.config", "&&"),
        *("make", f"O={FOLDER}", f"ARCH={shlex.quote(witness.built_for)}"),
        *("KCONFIG_ALLCONFIG=kpt.config", "alldefconfig", shlex.quote(_target(finding))),
    )


def _target(finding: Finding) -> str:
    """The object of the finding's file; of a header, that of a .c file beside it in the finding.

    Of a line in a Makefile, its folder, or that of the Makefile which reads it.
    """
    if finding.rule in WHOLE:
        return WHOLE[finding.rule]
    paths = (finding.place.path, *(other.place.path for other in finding.related))
    listed = [match[1] for path in paths if (match := MAKEFILE.match(path)) is not None]
    if listed:
        return listed[-1]
    source = next((path for path in paths if path.endswith((".c", ".S"))), None)
    return "all" if source is None else source.rpartition(".")[0] + ".o"
