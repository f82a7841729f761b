"""`kpt b4-check`, run by b4's own check runner (b4 from PyPI)."""

import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import b4
import b4.review.checks as runner
import jsonschema
import pytest
from b4.review import pw_fetch_checks

from tests.scratch_repository import ScratchRepository

CHECK = f"{sys.executable} -m kpatch_tools.cli b4-check"
HEADER = b"int old_start(int mode);\n"
USER = b'#include "a.h"\n\nint use(void)\n{\n\treturn old_start(1);\n}\n'
DONE = USER.replace(b"old_start", b"new_start")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScratchRepository]:
    """A repository; a series whose first patch leaves a user behind, which the second moves."""
    repository = ScratchRepository(tmp_path / "r")
    build = {"Kconfig": b"\n", "Makefile": b"obj-y += mm/\n", "mm/Makefile": b"obj-y += a.o\n"}
    repository.commit("base", {"mm/a.h": HEADER, "mm/a.c": USER, **build})
    repository.commit("mm: rename", {"mm/a.h": HEADER.replace(b"old_start", b"new_start")})
    repository.commit("mm: move the user", {"mm/a.c": DONE})
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("KPT_CACHE", "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    b4.setup_config(Namespace(config=[]), str(repository.folder))
    yield repository


def mails(repository: ScratchRepository, *options: str) -> list[EmailMessage]:
    text = repository.git("format-patch", "--stdout", "--thread", *options, "HEAD~2")
    parts = text.split(b"\nFrom ")
    whole = [parts[0].partition(b"\n")[2], *(part.partition(b"\n")[2] for part in parts[1:])]
    return [message_from_bytes(part + b"\n", policy=policy.default) for part in whole]


def test_each_patch_has_its_row(own: ScratchRepository) -> None:
    sent = [(str(mail["Message-ID"]), mail) for mail in mails(own)]
    results = runner.run_perpatch_checks(sent, [CHECK], str(own.folder))
    rows = [results[name] for name, _ in sent]
    assert [[(row["tool"], row["status"]) for row in each] for each in rows] == [
        [("kpt", "fail")],
        [("kpt", "pass")],
    ]
    assert rows[0][0]["summary"] == "refuted: 1 error"
    assert "mm/a.c:5: error: " in rows[0][0]["details"]


def test_a_cover_letter_is_judged_with_its_thread(own: ScratchRepository, tmp_path: Path) -> None:
    cover, *_ = mails(own, "--cover-letter")
    thread = own.git("format-patch", "--stdout", "--cover-letter", "HEAD~2")
    blob = own.git("hash-object", "-w", "--stdin", stdin=thread).decode().strip()
    tracking = tmp_path / "tracking.json"
    tracking.write_text(json.dumps({"series": {"thread-blob": blob}}))
    asked = (str(cover["Message-ID"]), cover)
    extra = {"B4_TRACKING_FILE": str(tracking)}
    (row,) = runner.run_series_checks(asked, [CHECK], str(own.folder), extra_env=extra)
    # the first patch leaves a user behind: wrong at that patch, though the second mends it
    assert (row["status"], row["summary"]) == ("fail", "refuted: 1 error")
    assert "gone in 2" in row["details"]
    (row,) = runner.run_series_checks(asked, [CHECK], str(own.folder))
    assert (row["status"], row["summary"][:20]) == ("warn", "nothing was checked:")


def test_what_is_no_patch_is_said_and_what_is_broken_or_does_not_apply_fails(
    own: ScratchRepository,
) -> None:
    talk = EmailMessage()
    talk["From"], talk["Subject"] = "a@kpt.invalid", "Re: [PATCH] mm: rename"
    talk.set_content("Looks good.\n")
    other = mails(own)[0]
    lines = other.as_bytes().replace(b"_start", b"_odd").split(b"\n")
    text = b"\n".join(line for line in lines if not line.startswith(b"index "))
    odd = message_from_bytes(text, policy=policy.default)
    cut = message_from_bytes(text.partition(b"\n+int")[0] + b"\n", policy=policy.default)
    sent = [("talk", talk), ("odd", odd), ("cut", cut)]
    results = runner.run_perpatch_checks(sent, [CHECK], str(own.folder))
    assert {name: [row["status"] for row in rows] for name, rows in results.items()} == {
        "talk": ["warn"],
        "odd": ["fail"],
        "cut": ["fail"],
    }


def test_lines_for_b4_prep(own: ScratchRepository) -> None:
    first, second = mails(own)
    command = [*CHECK.split(), "--lines"]
    failed = b4.LoreMessage.run_local_check(command, "1", first, nocache=True)
    assert [flag for flag, _ in failed] == ["fail", "fail"]
    assert "mm/a.c:5: error: " in failed[1][1]
    passed = b4.LoreMessage.run_local_check(command, "2", second, nocache=True)
    assert [flag for flag, _ in passed] == ["success"]


def patchwork_check(mail: EmailMessage, *options: str) -> tuple[int, str, str]:
    command = [*CHECK.split(), "--patchwork", *options]
    done = subprocess.run(command, input=mail.as_bytes(), capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# CheckCreate of docs/api/schemas/latest/patchwork.yaml, getpatchwork/patchwork at 644cef7:
# what a POST to /api/patches/ID/checks/ may hold, each field with its limits.
CHECK_CREATE = {
    "type": "object",
    "required": ["state"],
    "additionalProperties": False,
    "properties": {
        "state": {"enum": ["pending", "success", "warning", "fail"]},
        "target_url": {
            "oneOf": [
                {"type": "null"},
                {"type": "string", "format": "uri", "maxLength": 200},
            ]
        },
        "context": {
            "type": "string",
            "pattern": "^[-a-zA-Z0-9_]+$",
            "minLength": 1,
            "maxLength": 255,
        },
        "description": {"type": ["null", "string"]},
    },
}


def test_patchwork_gets_a_check_of_its_own_fields(own: ScratchRepository) -> None:
    talk = EmailMessage()
    talk["From"], talk["Subject"] = "a@kpt.invalid", "Re: [PATCH] mm: rename"
    talk.set_content("Looks good.\n")
    first, second = mails(own)
    page = "https://kpt.invalid/report.html#x"
    told = []
    for mail, options in ((first, ()), (second, ("--url", page)), (talk, ())):
        code, out, err = patchwork_check(mail, *options)
        assert (code, err) == (0, "")
        check = json.loads(out)
        jsonschema.validate(check, CHECK_CREATE)
        told.append((check["state"], check["context"], check["target_url"], check["description"]))
    assert told[:2] == [
        ("fail", "kpt", None, "refuted: 1 error"),
        ("success", "kpt", page, "proved"),
    ]
    assert told[2][0] == "warning"
    assert told[2][3].startswith("nothing was checked: ")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://", "a" * 9, "https://k/" + "a" * 191]
)
def test_an_address_that_patchwork_would_refuse_is_refused(
    own: ScratchRepository, url: str
) -> None:
    code, out, err = patchwork_check(mails(own)[0], "--url", url)
    assert (code, out, "no address of a page" in err) == (2, "", True)


def test_b4_reads_the_check_from_a_patchwork(own: ScratchRepository) -> None:
    """A server that keeps what is sent to it, as patchwork does; b4 asks it for its checks."""
    kept: list[dict[str, object]] = []

    class Patchwork(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            kept.append(json.loads(self.rfile.read(size)))
            self.answer(201, kept[-1])

        def do_GET(self) -> None:
            self.answer(200, kept if self.path.endswith("/checks/") else {})

        def answer(self, code: int, value: object) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Patchwork) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        _, out, _ = patchwork_check(mails(own)[0])
        asked = Request(f"{address}/api/patches/7/checks/", data=out.encode(), method="POST")
        with urlopen(asked) as answer:
            assert answer.status == 201
        (check,) = pw_fetch_checks("key", address, [7])
        server.shutdown()
    assert (check["state"], check["description"], check["patch_id"]) == (
        "fail",
        "refuted: 1 error",
        7,
    )
