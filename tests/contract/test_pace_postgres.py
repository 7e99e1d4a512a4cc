"""`PostgresPace` on a real server, with clocks that go faster than time where many minutes are to pass."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.database import Database, open_database
from fenzu.errors import UsageError
from fenzu.pace.postgres import LIFE, PostgresPace, _Block, _next_size, _Rate, _Share

HERE = ("http://127.0.0.1:8060", "wx5eed", "groups.of")
OTHER = ("http://127.0.0.1:8060", "wx07e5", "groups.of")
Making = Callable[..., PostgresPace]


@pytest.fixture
def making(empty_postgres: str) -> Iterator[Making]:
    """Paces on one server, as several processes have them."""
    with ExitStack() as stack:

        def make(calls: int | None = None, together: int | None = None) -> PostgresPace:
            pace = PostgresPace(empty_postgres, calls=calls, together=together)
            stack.callback(pace.close)
            return pace

        yield make


def test_processes_share_an_account_s_pace(making: Making) -> None:
    """Of two processes on one account one takes the call that is free, the other waits for the next one."""
    one, other = making(calls=1), making(calls=1)
    assert one.take(*HERE) == 0
    assert 58 < other.take(*HERE) <= 62
    assert 58 < one.take(*HERE) <= 62
    assert other.take(*OTHER) == 0
    assert one.waits
    assert repr(one).endswith("calls=1, together=None)")


def test_all_accounts_share_the_common_pace(making: Making) -> None:
    """A common limit counts the calls of all accounts; an account's own is not used up while it waits for that."""
    one, other = making(calls=600, together=1), making(together=1)
    assert one.take(*HERE) == 0
    assert 58 < other.take(*OTHER) <= 62
    assert 58 < one.take(*OTHER) <= 62
    assert 58 < one.take(*OTHER) <= 62
    assert one._waiting == {" ".join(OTHER[:2])}


def test_calls_are_spread_over_the_minute(making: Making) -> None:
    """Many calls cost few statements, come in blocks of at most a second's calls, and are no faster than allowed."""
    one, other = making(calls=6000), making(calls=6000)
    statements = _counted(one) + _counted(other)
    began, taken = time.monotonic(), 0
    while time.monotonic() < began + 2:
        waits = [pace.take(*HERE) for pace in (one, other)]
        taken += waits.count(0)
        if min(waits) > 0:
            time.sleep(min(waits))
    assert 20 < taken <= 400
    assert sum(map(len, statements)) < taken / 2


def test_no_limit_lets_everything_go(making: Making) -> None:
    """A pace without limits never waits."""
    pace = making()
    assert [pace.take(*HERE) for _ in range(100)] == [0] * 100


@pytest.mark.parametrize("calls", [0, -1, True, 1.5])
def test_a_limit_is_a_number(empty_postgres: str, calls: int) -> None:
    """What cannot be a limit is refused before anything is asked."""
    with pytest.raises(UsageError, match="from 1 on"):
        PostgresPace(empty_postgres, together=calls)


def test_what_comes_too_late_is_not_used(empty_postgres: str) -> None:
    """A block lapses two seconds after it begins, also where the server's answer took longer than that."""
    database = open_database(empty_postgres)
    PostgresPace(empty_postgres).close()
    times = iter([0.0, LIFE + 1, LIFE + 1])
    share = _Share(database, "slow", _Rate(60), lambda: next(times))
    assert share.take() > 0
    database.close()


class Pretended:
    """A server's row, and processes that keep time with it."""

    kind = "postgres"
    where = "here"

    def __init__(self) -> None:
        self.time, self.free_at = 1000.0, 0.0

    def clock(self) -> float:
        """Return the time."""
        return self.time

    def rows(self, statement: str, values: list[float]) -> list[tuple[float]]:
        """Do what the two statements do."""
        if statement.startswith("SELECT"):
            return [(self.free_at - self.time,)]
        _, step, _, ahead, _ = values
        if self.free_at > self.time + ahead:
            return []
        self.free_at = max(self.free_at, self.time) + step
        return [(self.free_at - step - self.time,)]


@given(
    calls=st.one_of(st.integers(1, 8), st.sampled_from([60, 119, 120, 600, 4500])),
    pauses=st.lists(st.floats(0, 0.7), min_size=1, max_size=20),
    greed=st.integers(1, 3),
)
def test_never_more_than_allowed_in_any_minute(calls: int, pauses: list[float], greed: int) -> None:
    """However greedy or lazy three processes are, no sixty seconds hold more calls than are allowed."""
    server = Pretended()
    database: Database = server  # type: ignore[assignment]  # what a pace asks of one
    shares = [_Share(database, "x", _Rate(calls), server.clock) for _ in range(3)]
    sent: list[float] = []
    for turn in range(300):
        for share in shares[:greed]:
            while share.take() == 0:
                sent.append(server.time)
        server.time += pauses[turn % len(pauses)] + 0.01
    assert all(later - start >= 60 for start, later in zip(sent, sent[calls:], strict=False))


def test_a_block_is_as_large_as_it_is_of_use() -> None:
    """A block that was used up is followed by one twice as large; one that lapsed by one as large as was used."""
    assert _next_size(_Block(4, 0, 0, 0), 75) == 8
    assert _next_size(_Block(64, 0, 0, 0), 75) == 75
    assert _next_size(_Block(64, 60, 0, 0), 75) == 4
    assert _next_size(_Block(64, 64, 0, 0), 75) == 1


def _counted(pace: PostgresPace) -> list[list[str]]:
    """Count what a pace asks of its server from now on."""
    asked: list[str] = []
    rows = pace._database.rows

    def counting(statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        asked.append(statement)
        return rows(statement, values)  # type: ignore[arg-type,return-value]  # as it came

    pace._database.rows = counting  # type: ignore[method-assign,assignment]  # watched
    return [asked]
