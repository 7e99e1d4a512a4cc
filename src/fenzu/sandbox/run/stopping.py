"""What ends a process from outside: a signal, or the end of its standard input."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

from fenzu.errors import UsageError
from fenzu.wire.words import Words


def make_stop(*, with_stdin: bool) -> asyncio.Event:
    """Return an event that Ctrl-C and SIGTERM set, and the end of standard input `with_stdin`."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not implemented on Windows: there Ctrl-C raises KeyboardInterrupt out of `Runner.run`.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if with_stdin:
        descriptor = sys.stdin.fileno()

        def look() -> None:
            if not os.read(descriptor, 4096):
                loop.remove_reader(descriptor)
                stop.set()

        try:
            loop.add_reader(descriptor, look)
        except PermissionError:  # a file, or /dev/null: its end is nothing that one could wait for
            raise UsageError(
                Words(
                    "--until-stdin-ends: standard input is no pipe", "--until-stdin-ends：标准输入不是管道"
                ),
                Words(
                    "give it a pipe that stays open as long as the sandbox shall run, or leave the option out",
                    "请用管道作标准输入，并在沙箱运行期间保持打开；否则去掉此选项",
                ),
            ) from None
    return stop
