"""Serving the console, up to where the network begins: what is heard from the terminal."""

import os
import pty
from collections.abc import Iterator

import pytest

from fenzu.console.serve import typed_on


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """A terminal of our own: the end where keys are pressed, and the end of the program."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_what_was_thrown_away_is_not_waited_for(
    ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Ctrl-C has thrown the typed line away, nobody waits for one; the terminal stays as it was for others."""
    _, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    assert typed_on(theirs) is None
    assert os.get_blocking(theirs)


def test_lines_and_the_end(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is heard as it was typed, and Ctrl-D is the end."""
    ours, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    os.write(ours, b"\n")
    assert typed_on(theirs) == b"\n"
    os.write(ours, b"\x04")
    assert typed_on(theirs) == b""


def test_lines_of_somebody_else(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background nothing is read: the line is another program's."""
    ours, theirs = ends
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1)
    os.write(ours, b"ls\n")
    assert typed_on(theirs) == b""
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    assert typed_on(theirs) == b"ls\n"


def test_a_terminal_that_is_gone() -> None:
    """A terminal that was closed is an end, not an error."""
    ours, theirs = pty.openpty()
    os.close(ours)
    assert typed_on(theirs) == b""
    os.close(theirs)
