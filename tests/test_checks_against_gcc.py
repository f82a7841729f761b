"""What the checks claim of the small trees is what gcc says of them, in every configuration."""

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from kpatch_tools.domain import Finding, Place, Tree
from tests.check_cases import CASES, FIXTURES, examined, reviewed

RULES = ("undeclared-in-config", "stale-reference", "stale-signature", "unused-in-config")
BUILDS = [name for name in CASES if name.split("/")[0] in {*RULES, "stale-stub", "incomplete-ops"}]
# gcc names the line here and not the function.
BY_LINE = {
    "stale-signature/function_assigned_to_a_local_variable",
    "stale-signature/function_assigned_to_an_element_of_an_array",
    "stale-signature/function_assigned_to_a_member",
    "stale-signature/function_handed_on_as_a_pointer",
    "stale-signature/function_that_the_body_of_a_macro_points_to",
    "stale-signature/result_that_is_no_longer_one",
}
# Assembly, tools/, #ifdef lines, other folders: no compiler of lib/ says anything of them.
NOT_COMPILED = {
    "stale-signature/calls_beside_the_kernel",
    "stale-reference/last_declaration_gone",
    "stale-signature/prototype_and_definition_in_a_file_that_no_makefile_enters",
    "unused-in-config/in_tools_and_beside_an_included_part",
}
# gcc says it of the source that includes the file.
INCLUDED = {
    "stale-reference/argument_of_a_macro_in_a_header",
    "stale-reference/own_function_used_by_another_part_of_its_unit",
    "stale-reference/prototype_gone_that_a_header_itself_needs",
}
MESSAGES = {
    "missing": re.compile(
        r"implicit declaration of function '(\w+)'|'(\w+)' undeclared|unknown type name '(\w+)'"
        r"|has no member named '(\w+)'"
    ),
    "misfit": re.compile(
        r"arguments to function '(\w+)'|conflicting types for '(\w+)'|argument \d+ of '(\w+)'"
        r"|macro \"(\w+)\" (?:requires|passed)"
    ),
    "unused": re.compile(r"'(\w+)' defined but not used"),
}
# lib/core.c:6:22: error: macro "item_sum" requires 2 arguments, but only 1 given
MACRO = re.compile(r"macro \"(\w+)\" (?:requires|passed)")
CLASSES = {
    "undeclared-in-config": "missing",
    "stale-reference": "missing",
    "stale-signature": "misfit",
    "unused-in-config": "unused",
}
GCC = (
    "gcc", "-std=gnu11", "-Wall", "-c", "-o", "/dev/null", "-Iinclude",
    "-DITEM_VERSION=4", "-DCORE_DEBUG", "-D__maybe_unused=__attribute__((unused))",
)  # fmt: skip
# lib/core.c:9:10: warning: initialization of 'int (*)(void)' from incompatible pointer type
INITIALISED = re.compile(r"^(\S+?):(\d+):.*initialization of .* from incompatible pointer type")
# lib/core.c:9:10: error: void value not ignored as it ought to be
RESULT = re.compile(
    r"^(\S+?):(\d+):.*(?:void value not ignored|invalid use of void"
    r"|(?:assignment to|initialization of|comparison of) .* (?:incompatible|without a cast)"
    r"|passing argument .* incompatible)"
)
Claim = tuple[str, str, str]


def is_of_gcc(finding: Finding) -> bool:
    """Whether gcc, given one file, is to say it: not what is left over, and no note."""
    left_over = finding.rule == "stale-reference" and finding.evidence == "found"
    return finding.rule in CLASSES and finding.severity != "note" and not left_over


def compiled(finding: Finding) -> str:
    """The file in which gcc meets it: a macro's body in the file that uses the macro."""
    place = finding.related[0].place if finding.subject == "macro body" else finding.place
    return place.path


def asked_by_name(name: str) -> bool:
    """Whether kpt decides the case, gcc names what is wrong, and the Kconfig is the usual one."""
    kconfig = FIXTURES / name / "tree/Kconfig"
    usual = kconfig.is_file() and "$(SRCARCH)" not in kconfig.read_text()
    return usual and "undecided" not in name and name not in BY_LINE | NOT_COMPILED | INCLUDED


def configurations() -> list[list[str]]:
    """Every configuration that the fixtures' Kconfig allows, as options of gcc."""
    found = []
    for bus, fast, item in product(("", "y"), ("", "y"), ("", "y", "m")):
        if bus or not (fast or item):
            names = {"CONFIG_BUS": bus, "CONFIG_FAST": fast}
            names["CONFIG_ITEM_MODULE" if item == "m" else "CONFIG_ITEM"] = item
            # what the defaults of LEVELS come to, in the fixtures that have it
            levels = 4 if fast else 3 if bus else 2
            set_ = [f"-D{name}=1" for name, value in names.items() if value]
            found.append([*set_, f"-DCONFIG_LEVELS={levels}"])
    return found


def written(tree: Tree, folder: Path) -> None:
    for path in tree.paths():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tree.read(path) or b"")
    made = folder / "include/generated"
    made.mkdir(parents=True)
    for name in ("made.h", "types.h"):
        (made / name).touch()


def said_by_gcc(folder: Path) -> set[Claim]:
    """Of a macro called wrongly gcc says too that nothing declares it: that is one claim."""
    lines = tuple(lines_of_gcc(folder))
    macros = {(path, match[1]) for path, line in lines if (match := MACRO.search(line))}
    said = {
        (kind, path, match[match.lastindex or 1])
        for path, line in lines
        for kind, pattern in MESSAGES.items()
        if (match := pattern.search(line))
    }
    return {claim for claim in said if claim[0] != "missing" or claim[1:] not in macros}


def lines_of_gcc(folder: Path) -> Iterator[tuple[str, str]]:
    """What gcc says in any configuration: the file it compiles, a line of its output."""
    for options in configurations():
        built = ["lib/core.c"]
        if any("CONFIG_ITEM" in option for option in options):
            built.append("lib/item.c")
        for path in built:
            run = subprocess.run(
                [*GCC, *options, path],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            )
            yield from ((path, line) for line in run.stderr.splitlines())


@pytest.mark.parametrize("name", tuple(filter(asked_by_name, BUILDS)))
def test_claims_are_those_of_gcc(name: str, tmp_path: Path) -> None:
    last = reviewed(name).snapshots[-1]
    written(last.tree, tmp_path)
    ours = {
        (CLASSES[finding.rule], compiled(finding), finding.symbol)
        for finding in examined(name).findings
        if finding.patch == last.number and is_of_gcc(finding)
    }
    assert ours == said_by_gcc(tmp_path)


def test_calls_in_tools_that_fit_nothing_are_those_of_gcc(tmp_path: Path) -> None:
    name = "stale-signature/calls_beside_the_kernel"
    last = reviewed(name).snapshots[-1]
    written(last.tree, tmp_path)
    # as `make install` of the library does
    (tmp_path / "tools/lib/tool/take.h").write_bytes((tmp_path / "tools/lib/take.h").read_bytes())
    said = set()
    for path in (each for each in last.tree.paths() if each.startswith(("tools/", "samples/"))):
        run = subprocess.run(
            [GCC[0], "-Itools/include", *GCC[1:], "-DOLD", "-Itools/lib", path],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        named = MESSAGES["misfit"].findall(run.stderr)
        said |= {(path, symbol) for groups in named for symbol in groups if symbol}
    found = [each for each in examined(name).findings if each.patch == last.number]
    assert {(each.place.path, each.symbol) for each in found} == said
    assert {(each.severity, each.evidence) for each in found} == {("warning", "found")}
    both = next(each for each in found if each.symbol == "take" and each.function == "one")
    assert Place("tools/lib/one.c", 6) in [each.place for each in both.related]


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("incomplete-ops/")])
def test_entries_of_another_type_are_those_of_gcc(name: str, tmp_path: Path) -> None:
    last = reviewed(name).snapshots[-1]
    written(last.tree, tmp_path)
    ours = {
        (finding.place.path, finding.place.line)
        for finding in examined(name).findings
        if finding.patch == last.number and finding.evidence == "proved"
    }
    said = (match for _, line in lines_of_gcc(tmp_path) if (match := INITIALISED.match(line)))
    assert ours == {(match[1], int(match[2])) for match in said}


@pytest.mark.parametrize("name", sorted(BY_LINE))
def test_results_that_do_not_fit_are_those_of_gcc(name: str, tmp_path: Path) -> None:
    last = reviewed(name).snapshots[-1]
    written(last.tree, tmp_path)
    ours = {
        (finding.place.path, finding.place.line)
        for finding in examined(name).findings
        if finding.patch == last.number and finding.rule == "stale-signature"
    }
    said = (match for _, line in lines_of_gcc(tmp_path) if (match := RESULT.match(line)))
    assert ours == {(match[1], int(match[2])) for match in said}
