"""Turns the help of every command, the topics and the first lines of plug-ins into a man page.

`kpatch_tools/man/kpt.1` is what `kpt man` prints; a test holds the two together, and the
wheel puts the file where `man kpt` finds it. groff_man(7) tells the macros.
"""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from kpatch_tools import __version__
from kpatch_tools.cli.terminal import tell

# Of the last change of what this module writes; a page without a date is no good one.
DATE = "2026-11-30"
ENVIRONMENT = {
    "KPT_CACHE": "The folder of what kpt remembers of trees, or off. Default: $XDG_CACHE_HOME/kpt.",
    "KPT_INDEX": "off keeps kpt from indexing a revision behind the answer; see kpt index.",
    "KPT_TRACEBACK": "With any value an internal error shows where it is.",
    "FORCE_COLOR": "Colours and progress where the output is no terminal too.",
}


@click.command("man", short_help="Print the manual page, as roff.")
def man() -> None:
    """Print the manual page of kpt, as roff.

    \b
      kpt man | man -l -
      kpt man > ~/.local/share/man/man1/kpt.1
    """
    root = click.get_current_context().find_root().command
    assert isinstance(root, click.Group)
    tell(page(root))


def page(root: click.Group) -> str:
    """The whole page; the same for every machine."""
    return "\n".join((*_head(root), *_commands(root, "kpt"), *_catalogue(), *_tail())) + "\n"


def _head(root: click.Group) -> Iterator[str]:
    yield f'.TH KPT 1 "{DATE}" "kpt {__version__}" "User Commands"'
    yield ".SH NAME"
    yield "kpt \\- say what a patch series does to a kernel tree, and whether it is wrong"
    yield ".SH SYNOPSIS"
    yield ".B kpt"
    yield ".I COMMAND"
    yield "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(root.help or "")
    yield ".SH COMMANDS"


def _commands(group: click.Group, name: str) -> Iterator[str]:
    """A section for each command, those of groups after their group."""
    context = click.Context(group, info_name=name)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        called = name if not each or (each == "run" and name == "kpt model") else f"{name} {each}"
        usage = " ".join((called, *command.collect_usage_pieces(context)))
        yield f'.SS "{_escaped(usage)}"'
        yield from _paragraphs(command.help or "")
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                yield from _option(option)
        if isinstance(command, click.Group):
            yield from _commands(command, called)


def _option(option: click.Option) -> Iterator[str]:
    value = option.metavar or (
        "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else "N"
    )
    names = ", ".join(
        f"\\fB{_escaped(name)}\\fR" for name in (*option.opts, *option.secondary_opts)
    )
    yield ".TP"
    yield names if option.is_flag else f"{names} \\fI{_escaped(value)}\\fR"
    yield from _filled(option.help or "")


def _catalogue() -> Iterator[str]:
    from kpatch_tools.catalogue import catalogue  # slow to load

    for kind, entries in catalogue().items():
        if kind == "topics":
            yield from _topics(entries)
            continue
        yield f".SH {kind.upper()}"
        yield "kpt explain NAME tells more of each."
        for name, text in entries.items():
            yield ".TP"
            yield f"\\fB{_escaped(name)}\\fR"
            yield from _filled(text.strip().partition("\n")[0])


def _topics(entries: dict[str, str]) -> Iterator[str]:
    for name, text in entries.items():
        yield f".SH {name.upper().replace('-', ' ')}"
        title, _, rest = text.strip().partition("\n")
        yield from _filled(title)
        yield from _as_it_stands(rest.strip("\n").split("\n"))


def _tail() -> Iterator[str]:
    yield ".SH ENVIRONMENT"
    for name, text in ENVIRONMENT.items():
        yield ".TP"
        yield f"\\fB{name}\\fR"
        yield from _filled(text)
    yield ".SH FILES"
    yield ".TP"
    yield "\\fI~/.cache/kpt\\fR"
    yield from _filled("What was read of trees; delete it whenever you like.")
    yield ".SH SEE ALSO"
    yield ".BR git\\-format\\-patch (1),"
    yield ".BR git\\-am (1),"
    yield ".BR git\\-send\\-email (1)"


def _paragraphs(text: str) -> Iterator[str]:
    """Help of click: what follows a line with \\b alone stands as it is."""
    for number, block in enumerate(re.split(r"\n{2,}", cleandoc(text))):
        first, _, rest = block.partition("\n")
        if first.strip() == "\b":
            yield from (".RS 4", *_as_it_stands(cleandoc(rest).split("\n")), ".RE")
            continue
        if number:
            yield ".PP"
        yield from _filled(block)


def _as_it_stands(lines: list[str]) -> Iterator[str]:
    yield ".sp"
    yield ".nf"
    yield from (_escaped(line) or ".sp" for line in lines)
    yield ".fi"


def _filled(text: str) -> Iterator[str]:
    """Text that man fills, a line for each sentence."""
    for sentence in re.split(r"(?<=[.:]) (?=[A-Z])", " ".join(text.split())):
        yield _escaped(sentence)


def _escaped(text: str) -> str:
    """Text as roff takes it for text: no escape, no request, a minus that is one."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\`").replace('"', "\\(dq")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown
