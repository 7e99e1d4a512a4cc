"""Waiting for a person: questions, and standard input that may be a keyboard. Ctrl-C counts at once here.

Knows no command. While asyncio runs it takes Ctrl-C for itself and only marks its task, so what blocks inside a
coroutine would go on waiting: `interruptible` gives Ctrl-C back to Python meanwhile.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from fenzu.cli.io import Streams
from fenzu.wire.words import Words


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end what blocks, inside a coroutine too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def confirm(streams: Streams, question: Words) -> bool:
    """Ask a person; only a yes is one. Ctrl-C and the input's end raise `click.Abort`."""
    with interruptible():
        print(f"{question.say(streams.language)} [y/N]: ", end="", file=streams.err, flush=True)
        answer = sys.stdin.readline()
    if not answer:
        raise click.Abort
    return answer.strip().lower() in ("y", "yes", "是")


def read_lines() -> list[str]:
    """Return the lines of standard input; raises `UnicodeDecodeError` where it is no text."""
    with interruptible():
        return list(sys.stdin)


def read_text() -> str:
    """Return all of standard input; raises `UnicodeDecodeError` where it is no text."""
    with interruptible():
        return sys.stdin.read()
