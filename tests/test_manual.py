"""The man page: made from the help of the commands, and read by mandoc, groff and man."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest
from terminal import Terminal

from kpatch_tools import catalogue
from kpatch_tools.cli import kpt

PAGE = Path(__file__).parent.parent / "kpatch_tools" / "man" / "kpt.1"
READERS = {
    "mandoc": ("mandoc", "-T", "lint", "-W", "warning"),
    "groff": ("groff", "-ww", "-man", "-z"),
    "man": ("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"),
}


def test_the_page_that_is_shipped_is_the_one_that_kpt_prints(terminal: Terminal) -> None:
    """Where this fails: kpt man > kpatch_tools/man/kpt.1."""
    code, out, err = terminal.kpt("man")
    assert (code, err) == (0, "")
    assert out == PAGE.read_text("utf-8")


@pytest.mark.parametrize("reader", READERS)
def test_readers_of_man_pages_find_no_fault_in_it(reader: str) -> None:
    command = READERS[reader]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not there")
    done = subprocess.run([*command, str(PAGE)], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr if reader == "mandoc" else done.stderr
    assert (done.returncode, said) == (0, "")


def rendered() -> str:
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-P-cbou", str(PAGE)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return " ".join(done.stdout.replace("-\n", "-").split())


def options(group: click.Group) -> set[str]:
    """Every name of an option of every command."""
    context = click.Context(group)
    found: set[str] = set()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found |= {name for option in command.params for name in option.opts if name[0] == "-"}
        if isinstance(command, click.Group):
            found |= options(command)
    return found


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not there")
def test_every_command_option_and_plug_in_is_in_it() -> None:
    text = rendered()
    assert isinstance(kpt, click.Group)
    commands = [f"kpt {name}" for name in kpt.list_commands(click.Context(kpt))]
    names = [
        name for kind, each in catalogue.catalogue().items() for name in each if kind != "topics"
    ]
    assert [name for name in (*commands, *options(kpt), *names) if name not in text] == []
