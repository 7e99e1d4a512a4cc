"""Where a command line becomes a run, and an error becomes words on stderr with an exit code.

Knows click's errors and fenzu's; knows no command.
"""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from fenzu.cli import main
from fenzu.cli.command import USAGE, language_of
from fenzu.cli.language import Line, pick
from fenzu.cli.root import root
from fenzu.cli.usage import usage_line

if TYPE_CHECKING:
    from fenzu.client.transport import AsyncTransport

NAME, COMPLETE = "fenzu", "_FENZU_COMPLETE"


class Run:
    """One run of the command line: what every command gets as `click.Context.obj`."""

    def __init__(self, transport: "AsyncTransport | None" = None) -> None:
        self.language = pick(os.environ)
        self.transport = transport

    @property
    def ca_file(self) -> str | None:
        """Whom to trust besides; looked up where it is needed, so that help loads no facts about the platform."""
        from fenzu.wire.environment import CA_FILE

        return os.environ.get(CA_FILE) or None


def call(arguments: Sequence[str], *, transport: "AsyncTransport | None" = None) -> int:
    """Run one command line; every error that fenzu or click raises on purpose ends here."""
    prepare_streams()
    run = Run(transport)
    if asked := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        return shell_complete(root, {"obj": run}, NAME, COMPLETE, asked)
    # Not `root.main`: that ends the process by itself where a pipe breaks.
    try:
        with root.make_context(NAME, list(arguments), obj=run) as context:
            code = root.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        return report_usage(error)
    except (click.Abort, KeyboardInterrupt):
        return report_interrupt()
    except Exception as error:  # noqa: BLE001 - judged in `report`, which raises again what is a mistake of ours
        return report(error)
    return code if isinstance(code, int) else main.DONE


def prepare_streams() -> None:
    """Make sure that no character ends a command: where the encoding cannot write it, it is written out."""
    for stream in (sys.stdout, sys.stderr):
        if callable(reconfigure := getattr(stream, "reconfigure", None)):
            reconfigure(errors="backslashreplace")


def report(error: Exception) -> int:
    """Say what went wrong and return the exit code."""
    from fenzu.cli.io import Streams
    from fenzu.errors import FenzuError

    if isinstance(error, BrokenPipeError) or not isinstance(
        error, FenzuError | OSError | click.ClickException
    ):
        raise error
    language = pick(os.environ)
    text = error.say(language) if isinstance(error, FenzuError) else str(error)
    Streams(language).complain(text)
    return main.code_of(error) if isinstance(error, FenzuError) else main.ERROR


def report_interrupt() -> int:
    """Ctrl-C: no traceback."""
    from fenzu.cli.io import Streams

    streams = Streams(pick(os.environ))
    if streams.err.isatty():
        print(file=streams.err)  # behind the ^C that the terminal shows
    streams.complain(Line("interrupted", "已中断").say(streams.language))
    return main.INTERRUPTED


def report_usage(error: click.UsageError) -> int:
    """Say what is wrong with the command line, and how it wants to be used. A bare noun shows its help."""
    from fenzu.cli.io import Streams

    context = error.ctx
    streams = Streams(language_of(context))
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and context:
        print(context.get_help(), file=streams.err)
        return main.USAGE
    streams.complain(usage_line(error).say(streams.language))
    if context:
        usage = USAGE.say(streams.language)
        pieces = " ".join(context.command.collect_usage_pieces(context))
        print(f"{usage}{context.command_path} {pieces}", file=streams.err)
        print(f"      {context.command_path} --help", file=streams.err)
    return main.USAGE
