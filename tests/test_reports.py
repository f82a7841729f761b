"""Every format on one report written by hand; expectations counted on its lines."""

import json
import shlex
from dataclasses import replace
from email import message_from_string
from importlib.resources import files

import jsonschema
from reports_example import patch, report

from kpatch_tools import reports
from kpatch_tools.domain import Extraction, Held, ModelRun
from kpatch_tools.reports import _quoting, _reproducing, model_text
from kpatch_tools.reports import json as json_report
from kpatch_tools.reports import mail as mail_report
from kpatch_tools.reports import terse as terse_report
from kpatch_tools.reports import text as text_report


def schema() -> dict[str, object]:
    text = files("kpatch_tools.reports").joinpath("report.schema.json").read_text("utf-8")
    loaded: dict[str, object] = json.loads(text)
    return loaded


def test_json_fits_its_schema_and_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(json_report.render(report())), schema())


def test_json_has_every_field_of_a_finding() -> None:
    shown = json.loads(json_report.render(report()))["findings"][0]
    assert (shown["condition"], shown["witness"], shown["introduced_in"], shown["gone_in"]) == (
        "!CONFIG_H",
        ["# CONFIG_H is not set"],
        2,
        None,
    )


def test_a_finding_with_a_witness_has_the_one_command_that_shows_it() -> None:
    shown = json.loads(json_report.render(report()))["findings"]
    assert [each["reproduce"] for each in shown] == [
        r"mkdir -p kpt-build && printf '%s\n' '# CONFIG_H is not set' > kpt-build/kpt.config &&"
        " make O=kpt-build ARCH=x86 KCONFIG_ALLCONFIG=kpt.config alldefconfig lib/f.o",
        "",
    ]


def test_the_command_on_several_lines_is_the_same_to_a_shell() -> None:
    finding = report().findings[0]
    written = "\n".join(_reproducing.lines(finding, "  "))
    assert len(written.splitlines()) > 1
    assert shlex.split(written.replace("$ ", "").replace("\\\n", "")) == shlex.split(
        _reproducing.command(finding)
    )


def test_every_format_gives_the_same_text_twice() -> None:
    for module in reports.formats().values():
        assert module.render(report()) == module.render(report())


def test_text_fits_80_columns_and_starts_with_the_verdict() -> None:
    lines = text_report.render(report()).splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert "verdict  REFUTED" in lines[:3]
    assert "    > return h();" in lines
    assert "  not in this input: patches 1, 3 of 3" in lines


def test_numbers_of_a_quoted_hunk_are_those_after_the_patch() -> None:
    (hunk,) = _quoting.quoted_hunks(report().steps[0])
    # hand count: blank 2, int 3, { 4, -return 5, +if 5, +return h 6, +return 0 7, } 8
    assert hunk.numbers == (2, 3, 4, 5, 5, 6, 7, 8)
    assert hunk.lines[hunk.position(6) or 0] == "+\t\treturn h();"


def test_mail_threads_under_the_patch_and_quotes_the_right_line() -> None:
    text = mail_report.render(report())
    mail = message_from_string(text.split("\n", 1)[1])
    assert (mail["Subject"], mail["In-Reply-To"], mail["References"], mail["To"], mail["Cc"]) == (
        "Re: [PATCH v2 2/3] lib: call h instead of g",
        "<20160321.13@example.org>",
        "<20160321.13@example.org>",
        '"A. Author" <author@example.org>',  # RFC 5322: a name with a dot is quoted
        "list@example.org, other@example.org",
    )
    body = text.split("\n\n", 1)[1].splitlines()
    commented = body.index("error: h is not declared where it is called [undeclared-in-config]")
    assert body[commented - 2 : commented] == ["> +\t\treturn h();", ""]
    assert body[commented + 2 : commented + 4] == [
        "For example with this .config:",
        "  # CONFIG_H is not set",
    ]


def test_mail_shows_the_interleaving_of_a_model_finding() -> None:
    body = mail_report.render(report())
    assert "  schedule: a1b2" in body
    assert body.index("-- one") < body.index("-- two") < body.index("=> a thing is never freed")


def test_mail_for_a_patch_without_message_id_says_so() -> None:
    text = mail_report.render(report(replace(patch(), message_id=None)))
    assert "In-Reply-To" not in text
    assert "[This patch came without a Message-ID" in text


def test_nothing_to_say_writes_nothing() -> None:
    assert mail_report.render(replace(report(), findings=())) == ""


def test_a_body_line_that_starts_a_mail_is_quoted() -> None:
    # "Suggestion: " and 58 letters fill the line: the next one begins with From
    odd = replace(report().findings[0], suggestion="a" * 58 + " From here on")
    text = mail_report.render(replace(report(), findings=(odd,)))
    assert [line for line in text.splitlines() if "From " in line] == [
        mail_report.SEPARATOR,
        ">From here on",
    ]


def test_terse_is_one_line_a_finding_and_the_verdict() -> None:
    lines = terse_report.render(report()).splitlines()
    assert lines[0].startswith("lib/f.c:6: error: h is not declared")
    assert lines[-1].startswith("verdict: refuted")
    assert len(lines) == 4


def test_models_that_hold_are_compared_by_their_ends() -> None:
    def held(patch: int, *ends: str) -> ModelRun:
        return ModelRun(patch, "things", Held(1, 1, Extraction()), (), ends)

    text = model_text([held(0, "a=1", "a=2"), held(1, "a=1", "a=2"), held(2, "a=2", "a=3")])
    lines = [line.split() for line in text.splitlines()]
    ends = [line for line in lines if line[1:2] == ["end:"]]
    assert ends == [["new", "end:", "a=3"], ["gone", "end:", "a=1"]]
