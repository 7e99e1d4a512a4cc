"""How far a sync has come, in words."""

from fenzu.console.account.jobs import Board
from fenzu.console.account.sync import tell
from fenzu.errors import TransportError
from fenzu.mirror import Stopped
from fenzu.wire.words import Words


def test_a_sync_that_stopped_says_why() -> None:
    """Why nothing more is read now is told in the reader's language."""
    stopped = Stopped("TransportError", TransportError(Words("no answer", "没有应答")), None)
    assert tell(Board(stopped), "zh")["stopped"] == "没有应答"
