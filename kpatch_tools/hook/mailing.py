"""Turns the files that git send-email is about to send into what is told of each.

It runs the hook once for each file, all of them before anything is sent. From
git 2.41 on it says which of how many files it is: they are gathered, and
judged as one series at the last. Before, a file says by its subject what it is
of: those of the same version and number of patches that stand beside it are
its series, of which the hook tells what this patch brings in.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpatch_tools.errors import Exit, KptError
from kpatch_tools.hook.judging import Judgement, judged
from kpatch_tools.hook.mails import Mail, Series, mail_of, mbox_of, series_beside
from kpatch_tools.hook.pushing import Hook
from kpatch_tools.hook.settings import HookOutcome
from kpatch_tools.inputs import read_limited

COUNTER = "GIT_SENDEMAIL_FILE_COUNTER"
TOTAL = "GIT_SENDEMAIL_FILE_TOTAL"
SKIP = "git send-email --no-validate skips this check"
PASSED = HookOutcome("", Exit.PROVED)


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of how many files it is."""

    number: int
    total: int


def validate(hook: Hook, file: Path) -> HookOutcome:
    """Judge the file, or all of them where it is the last. `KptError` where it cannot be read."""
    turn = turn_of(os.environ.get(COUNTER, ""), os.environ.get(TOTAL, ""))
    if turn is None:
        return _by_itself(hook, file)
    files = _gathered(hook, file, turn)
    return PASSED if turn.number < turn.total else _together(hook, files, turn)


def turn_of(counter: str, total: str) -> Turn | None:
    """What git says of the file; None where it says nothing."""
    if not (counter.isdecimal() and total.isdecimal()):
        return None
    return Turn(int(counter), int(total))


def _gathered(hook: Hook, file: Path, turn: Turn) -> list[Path]:
    """The files so far, this one among them. They are noted in the git directory until the last.

    Each run of git send-email is a process group of its own, or follows the one before.
    """
    noted = hook.repository.git_dir / f"kpt-sendemail-validate.{os.getpgid(0)}"
    try:
        known = turn.number > 1 and noted.exists()
        before = noted.read_bytes().split(b"\0")[:-1] if known else []
        names = [*before, os.fsencode(file.resolve())]
        noted.write_bytes(b"".join(name + b"\0" for name in names))
        if turn.number >= turn.total:
            noted.unlink()
    except OSError as error:
        raise KptError(
            f"cannot note which files are sent: {noted}: {error.strerror}",
            "git send-email --no-validate runs no hook",
        ) from error
    return [Path(os.fsdecode(name)) for name in names]


def _together(hook: Hook, files: Sequence[Path], turn: Turn) -> HookOutcome:
    """All files that are sent, as one series."""
    contents = [_content(file) for file in files]
    mails = [mail_of(file, content) for file, content in zip(files, contents, strict=True)]
    if not any(mail is None or mail.is_patch for mail in mails):
        return PASSED
    judgement = _judged(hook, contents)
    missed = turn.total - len(files)
    notes = (f"{missed} of the {turn.total} files were not seen",) if missed else ()
    what = f"kpt: {len(files)} file{'s' * (len(files) != 1)} to send:"
    return _outcome(hook, what, (*notes, *judgement.lines), hook.blocks(judgement.code))


def _by_itself(hook: Hook, file: Path) -> HookOutcome:
    """One file, judged with those of its series that stand beside it."""
    content = _content(file)
    mail = mail_of(file, content)
    if mail is not None and not mail.is_patch:
        return PASSED
    series = series_beside(file, mail) if mail else Series((content,))
    if series.problem:
        lines = (f"not verified: {series.problem}",)
        return _outcome(hook, f"kpt: {file.name}:", lines, hook.blocks(Exit.NOT_UNDERSTOOD))
    judgement = _judged(hook, series.contents)
    number = mail.number if mail else None
    told = [each for each in judgement.findings if number in (None, each.patch)]
    blocks = any(each.blocks for each in told)
    if hook.settings.strict and judgement.code not in (Exit.PROVED, Exit.REFUTED):
        blocks = True
    if not (told or blocks or number in (None, series.last)):
        return PASSED
    own = Judgement(judgement.code, tuple(told), (*_apart(mail, series), *judgement.rest))
    return _outcome(hook, f"kpt: {file.name}:", own.lines, blocks)


def _apart(mail: Mail | None, series: Series) -> tuple[str, ...]:
    """What of the series is not beside the file."""
    if mail is None or not series.absent:
        return ()
    listed = ", ".join(map(str, series.absent))
    return (f"of {mail.total} patches, not beside it: {listed}",)


def _outcome(hook: Hook, what: str, lines: Sequence[str], blocks: bool) -> HookOutcome:
    end = (f"kpt: not sent; {SKIP}",) if blocks else ()
    text = "".join(f"{line}\n" for line in (what, *lines, *end))
    return HookOutcome(text, Exit.REFUTED if blocks else Exit.PROVED)


def _judged(hook: Hook, contents: Sequence[bytes]) -> Judgement:
    """What is said of these mails as one series, on the commit that they were made for."""
    repository = hook.repository
    listed = repository.run("for-each-ref", "--format=%(objectname) %(refname)")
    head = repository.find_commit("HEAD") or ""
    refs = hashlib.sha256(listed).hexdigest()
    request = hook.request("-", mbox_of(contents))
    return judged(repository, request, (head, refs), hook.progress)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return read_limited(stream, file.name)
    except OSError as error:
        raise KptError(
            f"cannot read {file}: {error.strerror}", "git send-email names the file of a mail"
        ) from error
