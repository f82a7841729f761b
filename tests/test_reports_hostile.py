"""Text of strangers is inert in every format: each is read by a program that is not ours."""

import json
import mailbox
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import jsonschema
import pytest
from poison import POISONS, everything, poisoned, steering
from terminal import Terminal
from test_reports import schema
from test_reports_machines import sarif_schema

from kpatch_tools import reports

FORMATS = reports.formats()
# What names of headers a draft may have.
HEADERS = {"Subject", "To", "Cc", "In-Reply-To", "References"}
MIME = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def shown(poison: str, form: str) -> str:
    text = FORMATS[form].render(poisoned(POISONS[poison]))
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("poison", POISONS)
def test_what_is_printed_steers_no_terminal_no_log_and_no_eye(poison: str, form: str) -> None:
    printed = reports.for_logs(shown(poison, form), "utf-8")
    assert steering(printed) == []
    assert [line for line in printed.splitlines() if is_command(line)] == []
    printed.encode()


def is_command(line: str) -> bool:
    """Whether a runner of CI takes the line for a command (actions/runner, ActionCommand.cs)."""
    return line.lstrip().startswith("::") or "##[" in line or "##vso[" in line


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"json", "text", "terse"}))
@pytest.mark.parametrize("poison", POISONS)
def test_a_file_of_it_is_text_without_controls(poison: str, form: str) -> None:
    text = shown(poison, form)
    assert steering(text) == []
    text.encode()


@pytest.mark.parametrize("poison", POISONS)
def test_json_is_one_value_that_fits_the_schema_and_holds_the_text(poison: str) -> None:
    text = shown(poison, "json")
    value = json.loads(text)
    jsonschema.validate(value, schema())
    assert value["findings"][0]["message"] == POISONS[poison]
    assert json.loads(reports.for_logs(text, "ascii")) == value


@pytest.mark.parametrize("poison", POISONS)
def test_sarif_is_valid_and_its_links_are_paths_below_the_tree(poison: str) -> None:
    log = json.loads(shown(poison, "sarif"))
    sarif_schema_of_it = sarif_schema()
    jsonschema.validators.validator_for(sarif_schema_of_it)(sarif_schema_of_it).validate(log)
    links = [*links_of(log)]
    assert len(links) > 2
    for link in links:
        address = urlsplit(link)
        assert (address.scheme, address.netloc) == ("", "")
        assert re.fullmatch(r"[!-~]+", link)


def links_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "uriBaseId" in value:
            yield value["uri"]
        for each in value.values():
            yield from links_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from links_of(each)


@pytest.mark.parametrize("poison", POISONS)
def test_junit_has_the_elements_of_junit_and_no_other(poison: str) -> None:
    clean, dirty = (
        ElementTree.fromstring(FORMATS["junit"].render(value))
        for value in (everything(), poisoned(POISONS[poison]))
    )
    assert [each.tag for each in dirty.iter()] == [each.tag for each in clean.iter()]
    assert [sorted(each.attrib) for each in dirty.iter()] == [
        sorted(each.attrib) for each in clean.iter()
    ]


@pytest.mark.parametrize("poison", POISONS)
def test_ktap_has_its_own_results_and_no_other(poison: str) -> None:
    clean, dirty = (
        ktap_lines(FORMATS["ktap"].render(value))
        for value in (everything(), poisoned(POISONS[poison]))
    )
    assert dirty == clean
    assert len(clean) == 7


def ktap_lines(text: str) -> list[tuple[str, ...]]:
    """Versions, plans and results with directives (Documentation/dev-tools/ktap.rst)."""
    found = []
    for line in text.split("\n"):
        if told := re.fullmatch(
            r"\s*(KTAP version 1|TAP version 1[34]|1\.\.\d+|Bail out!.*)", line
        ):
            found.append((told[1],))
        elif told := re.fullmatch(r"\s*((?:not )?ok) (\d+)[^#]*(?:# (\S+).*)?", line):
            found.append((told[1], told[2], told[3] or ""))
    return found


@pytest.mark.parametrize("poison", POISONS)
def test_mails_are_as_many_as_without_and_have_the_headers_of_a_reply(
    poison: str, tmp_path: Path
) -> None:
    value = poisoned(POISONS[poison])
    file = tmp_path / "replies.mbox"
    file.write_text(FORMATS["mail"].render(value), encoding="utf-8")
    stored = mailbox.mbox(str(file), create=False)
    (mail,) = [stored.get_bytes(key) for key, _ in stored.items()]
    (own,) = FORMATS["mail"].files(value).values()
    for content in (mail, own):
        message = message_from_bytes(content, policy=policy.default)
        assert message.defects == []
        assert set(message.keys()) - HEADERS == MIME
        assert len(message.keys()) == len(set(message.keys()))
        assert not message.is_multipart()
        assert message.get_content().rstrip().split("\n")[-2] == "-- "
    assert [line for line in file.read_bytes().split(b"\n") if line.startswith(b"From ")] == [
        b"From kpt Thu Jan  1 00:00:00 1970"
    ]


@pytest.mark.parametrize("poison", POISONS)
def test_text_and_terse_have_their_own_verdict_and_findings_and_no_other(poison: str) -> None:
    clean, dirty = (
        [
            each
            for form in ("text", "terse")
            for line in FORMATS[form].render(value).split("\n")
            for each in re.findall(r"^(?:verdict\b|error: |FINDINGS|MODEL)|.*: (error): .*\[", line)
        ]
        for value in (everything(), poisoned(POISONS[poison]))
    )
    assert dirty == clean
    assert len(clean) > 6


def test_half_a_pair_of_utf_7_in_a_mail_is_no_character(terminal: Terminal, tmp_path: Path) -> None:
    """UTF-7 can spell it, and no output could be written that held it."""
    (tmp_path / "a.c").write_text("int a;\n")
    mail = tmp_path / "a.eml"
    mail.write_text(
        "From: a@e.invalid\nSubject: [PATCH] =?utf-7?q?+2AA-?=\n\n"
        "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-int a;\n+int b;\n"
    )
    code, out, err = terminal.kpt("verify", str(mail), "--tree", str(tmp_path))
    assert (code, err, out.splitlines()[0]) == (0, "", "+2AA- (1 of 1 patches)")
