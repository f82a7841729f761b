"""The command line: options in, exit codes out, progress on a terminal."""

import errno
import gc
import os
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kpatch_tools import __version__
from kpatch_tools.errors import Exit, KptError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# So many new objects are looked through for circles at once: of a million some hundred are in one.
GARBAGE = 2_000_000
# No room where something was written: a report, a file of the cache.
FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
# Where each command is; loaded when it is called, for most of kpt is not needed by any one.
COMMANDS = {
    "apply": "applying:apply",
    "b4-check": "b4_check:b4_check",
    "callers": "callers:callers",
    "completion": "completing:completion",
    "config": "config:config",
    "dump": "dump:dump",
    "explain": "catalogue:explain",
    "hook": "hook:hook_group",
    "index": "index:index",
    "list": "catalogue:list_names",
    "man": "manual:man",
    "model": "model:model",
    "recover": "applying:recover",
    "verify": "verify:verify",
    "waive": "waive:waive",
}


def main() -> NoReturn:
    """Run a command as this process, and end it.

    Without what Python does at its end: it takes some 50 ms to let everything
    go, one thing after the other.
    """
    for name in ("stdin", "stdout", "stderr"):
        # the caller has closed it
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r+", encoding="utf-8"))  # noqa: SIM115
    code: object = None
    try:
        call()
    except SystemExit as stop:
        code = stop.code
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            pass
        except OSError:
            # what was said is not out
            code = code or Exit.USAGE
    # as Python has it: nothing is no error, and what is no number is one
    os._exit(code if isinstance(code, int) else int(code is not None))


def call() -> None:
    """Run a command; the one place where errors become messages and exit codes.

    `SystemExit` has the exit code; a command that ends by itself has proved.
    """
    # values are many and seldom in circles: the default of 700 costs some percent
    gc.set_threshold(GARBAGE)
    try:
        kpt.main(prog_name="kpt", standalone_mode=False)
    except click.ClickException as error:
        _complain(_usage(error))
        sys.exit(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("kpt: interrupted", err=True)
        sys.exit(130)
    except KptError as error:
        _complain(f"kpt: error: {error.message}\n  hint: {error.hint}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.PROVED)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            _complain(f"kpt: error: cannot write: {error.strerror}\n  hint: make room there\n")
            sys.exit(Exit.USAGE)
        # a bug: say so, with where it is
        import traceback  # slow to load

        where = traceback.extract_tb(error.__traceback__)[-1]
        if os.environ.get("KPT_TRACEBACK"):
            traceback.print_exc()
        _complain(
            f"kpt: internal error: {type(error).__name__}: {error}"
            f" ({Path(where.filename).name}:{where.lineno})\n"
            "  hint: this is a bug in kpt; KPT_TRACEBACK=1 shows where\n"
        )
        sys.exit(Exit.INTERNAL)


def _usage(error: click.ClickException) -> str:
    """What click shows of an error in the call, as text."""
    shown = StringIO()
    error.show(shown)
    return shown.getvalue()


def _complain(text: str) -> None:
    from kpatch_tools.cli.terminal import tell  # not needed where all is well

    tell(text, err=True)


class Commands(click.Group):
    """The commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command = getattr(import_module(f"{__name__}.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches  # not needed where all is well

            near = get_close_matches(args[0], COMMANDS, n=2)
            meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names alone: what each does would load all of them."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem  # only for completion

        return [CompletionItem(name) for name in sorted(COMMANDS) if name.startswith(incomplete)]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpt")
def kpt() -> None:
    """What does this patch series do to this kernel tree, and can it be shown wrong?

    Exit codes: 0 proved, 1 refuted, 2 wrong usage, 3 input not understood,
    4 does not apply, 5 incomplete, 70 internal error.
    """
