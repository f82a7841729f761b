"""What a shell offers where a name stands: of files of the package, without loading what they hold.

click makes the scripts and asks the options; this tells which names there are.
"""

from collections.abc import Callable, Iterator

import click
from click.shell_completion import CompletionItem, get_completion_class

from kpatch_tools.cli.terminal import tell
from kpatch_tools.plugins import rule_name
from kpatch_tools.resources import package_folder

SHELLS = ("bash", "zsh", "fish")
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@click.command(short_help="Print the script that completes kpt's words in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names of kpt in SHELL.

    \b
      eval "$(kpt completion bash)"        # in ~/.bashrc
      eval "$(kpt completion zsh)"         # in ~/.zshrc, after compinit
      kpt completion fish > ~/.config/fish/completions/kpt.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    root = click.get_current_context().find_root()
    tell(made(root.command, {}, "kpt", "_KPT_COMPLETE").source() + "\n")


def plug_ins(folder: str) -> tuple[str, ...]:
    """Public names of the plug-ins in a folder of the package, sorted."""
    return tuple(sorted(_names(folder)))


def _names(folder: str) -> Iterator[str]:
    for entry in package_folder(folder).iterdir():
        stem, _, ending = entry.name.partition(".")
        if entry.name.startswith("_"):
            continue
        if ending in ("py", "toml", "txt"):
            yield rule_name(stem)
        elif entry.joinpath("scenario.toml").is_file():
            yield entry.name


KINDS = {
    "checks": "checks",
    "inputs": "inputs",
    "reports": "reports",
    "scenarios": "modelcheck/scenarios",
    "migrations": "migrations",
    "topics": "topics",
}


def names(*kinds: str, beside: tuple[str, ...] = ()) -> Completer:
    """Completes the names of plug-ins of these kinds, and the words `beside`."""

    def complete(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
        every = {name for kind in kinds for name in plug_ins(KINDS[kind])}
        return [
            CompletionItem(name) for name in sorted(every.union(beside)) if name.startswith(word)
        ]

    return complete


def files(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    """Leaves it to the shell to complete a file."""
    return [CompletionItem(word, type="file")]


def folders(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    """Leaves it to the shell to complete a folder."""
    return [CompletionItem(word, type="dir")]
