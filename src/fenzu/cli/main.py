"""The entry point, and the only place that knows exit codes. `--version` is answered before anything is loaded."""

import os
import sys

TYPE_CHECKING = False  # type checkers know the name; importing it would double the time of `fenzu --version`
if TYPE_CHECKING:
    from collections.abc import Sequence

    from fenzu.errors import FenzuError

DONE = 0
ERROR = 1
USAGE = 2
CHANGES = 3
"""A plan would change something, where the command was asked to tell so (`--detailed-exitcode`)."""
NO_ACCOUNT = 4
"""No account was named, or its credentials are bad."""
STOPPED = 5
"""Stopped half-way; the same command can go on later."""
SOME_FAILED = 6
"""Some followers failed, the others are done."""
REFUSED = 7
"""Refused by a guard, before anything was sent."""
STALE = 8
"""The world that a plan was made for does not stand any more."""
INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    open_missing_streams()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # was told where it happened first
        end_quietly()
    if "pyreqwest" in sys.modules:
        # Its thread may still be putting away the last answer, and Python aborts (SIGABRT) where it meets such a thread
        # while it ends. The transport's pause at exit makes that rare; on a loaded machine it still came in 3 of 80
        # runs with 10 ms (pyreqwest 0.15.1, 2026-11-22). Everything is written by now, so do not let Python end.
        os._exit(code)
    sys.exit(code)


def open_missing_streams() -> None:
    """Put something in the place of streams that were closed before we began (`fenzu … >&-`)."""
    for name, flags, mode in (
        ("stdin", os.O_RDONLY, "r"),
        ("stdout", os.O_WRONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))


def run(arguments: "Sequence[str]") -> int:
    """Run one command line and return its exit code."""
    try:
        if arguments and arguments[0] == "--version":
            return print_version()
        from fenzu.cli.edge import call

        return call(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return end_quietly()
    except OSError as error:  # the version cannot be written; everything else is told in `edge`
        sys.stderr.write(f"fenzu: {error}\n")
        return ERROR


def print_version() -> int:
    """Print the version."""
    from fenzu._version import __version__

    sys.stdout.write(f"fenzu {__version__}\n")
    sys.stdout.flush()
    return DONE


def end_quietly() -> int:
    """The reader of our output has gone, having read enough: leave without a word, also at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def code_of(error: "FenzuError", *, is_half_way: bool = False) -> int:
    """Return the exit code for an error that ended a command.

    What passes by itself can be waited for. A network that fails is that only where something was done before
    (`is_half_way`): a wrong address would never pass.
    """
    from fenzu import errors
    from fenzu.cli.refusals import GuardError, NoAccount

    codes: tuple[tuple[type[FenzuError], int], ...] = (
        (GuardError, REFUSED),
        (errors.UnsafePlan, REFUSED),
        (errors.StalePlan, STALE),
        (errors.AccountInUse, STOPPED),
        (errors.MirrorInUse, STOPPED),
        (errors.PlanError, USAGE),
        (NoAccount, NO_ACCOUNT),
        (errors.CredentialError, NO_ACCOUNT),
        (errors.DailyQuotaExceeded, STOPPED),
        (errors.MinuteQuotaExceeded, STOPPED),
        (errors.PlatformBusy, STOPPED),
        (errors.TransportError, STOPPED if is_half_way else ERROR),
        (errors.UsageError, USAGE),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), ERROR)
