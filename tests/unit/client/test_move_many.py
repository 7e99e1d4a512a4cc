"""Moving many: fifty a call, bad openids found by halving, and an account of what became of each."""

from collections.abc import Callable, Iterator
from math import ceil, log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.client.scripted import BUSY, OK, Answer, Driver, Platform, Sent, account_of, coded, lost, play

from fenzu.client import groups
from fenzu.client._move_many import MoveResult
from fenzu.errors import (
    ApiError,
    DailyQuotaExceeded,
    FenzuError,
    InvalidOpenid,
    NotAFollower,
    SystemBusy,
    TransportError,
    UnknownGroup,
    UsageError,
)

PER_BAD = 2 * ceil(log2(50))


def openids(many: int) -> list[str]:
    return [f"o{number:027}" for number in range(many)]


def refusing(bad: set[str], code: int = 40003) -> Callable[[Sent], Answer]:
    """Behave as the platform: a batch with one bad openid moves nobody, and it is not said which."""

    def answer(sent: Sent) -> Answer:
        return coded(code, "invalid openid") if bad.intersection(sent.json["openid_list"]) else OK

    return answer


def move(many: Any, *script: Any, **options: Any) -> tuple[MoveResult, list[list[str]]]:
    """Return the result and the batches that were sent."""
    result, driver = play(lambda account: groups.move_many(account, many, 108), *script, **options)
    return result, [
        sent.json["openid_list"] for sent in driver.platform.sent if sent.call == "groups/members/batchupdate"
    ]


def texts(result: MoveResult) -> tuple[list[str], list[str], list[str]]:
    return list(result.moved), list(result.failed), list(result.not_tried)


@pytest.mark.parametrize(
    ("many", "batches"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (3000, [50] * 60)]
)
def test_fifty_a_call(many: int, batches: list[int]) -> None:
    """Any number goes out in fifties, and nothing for nobody."""
    result, sent = move(openids(many), OK)
    assert [len(batch) for batch in sent] == batches
    assert texts(result) == (openids(many), [], [])
    assert result.stopped_by is None


def test_what_is_sent() -> None:
    """Batches go out in the order given, to the group's number."""
    _, driver = play(lambda account: groups.move_many(account, ["o2", "o1"], 108), OK)
    assert driver.platform.sent[0].body == b'{"openid_list":["o2","o1"],"to_groupid":108}'


def test_any_iterable_is_taken() -> None:
    """A generator is read once, and repeated openids are sent once."""

    def read() -> Iterator[str]:
        yield from openids(60)
        yield from openids(60)

    result, sent = move(read(), OK)
    assert [len(batch) for batch in sent] == [50, 10]
    assert result.moved == openids(60)


def test_nothing_is_asked_for_nobody() -> None:
    """Without openids there is no call, not even for a token."""
    _, driver = play(lambda account: groups.move_many(account, iter(()), 108))
    assert driver.platform.sent == driver.platform.token_calls == []


def test_a_malformed_openid_is_never_sent() -> None:
    """What cannot be an openid fails here, alone, and takes no place in a batch."""
    result, sent = move(["bad one", *openids(50), ""], OK)
    assert sent == [openids(50)]
    assert texts(result) == (openids(50), ["bad one", ""], [])
    assert all(isinstance(error, UsageError) for error in result.failed.values())


@pytest.mark.parametrize(
    ("code", "kind"), [(40003, InvalidOpenid), (49003, InvalidOpenid), (43004, NotAFollower)]
)
def test_a_bad_openid_spoils_nobody(code: int, kind: type[ApiError]) -> None:
    """One bad openid among fifty is found by halving; the other forty-nine are moved."""
    everybody = openids(50)
    for place in range(50):
        result, sent = move(everybody, refusing({everybody[place]}, code))
        assert sorted(result.moved) == [openid for openid in everybody if openid != everybody[place]]
        assert list(result.failed) == [everybody[place]]
        assert isinstance(result.failed[everybody[place]], kind)
        assert len(sent) <= 1 + PER_BAD


@pytest.mark.parametrize(("place", "calls"), [(0, 11), (49, 8)])
def test_a_half_that_has_to_hold_the_bad_one_is_not_sent_whole(place: int, calls: int) -> None:
    """Where one half was moved, the other holds the bad openid and is halved at once: the search costs what it must."""
    _, sent = move(openids(50), refusing({openids(50)[place]}))
    assert len(sent) == calls


def test_all_are_bad() -> None:
    """A batch of fifty bad ones costs no more than 99 calls."""
    result, sent = move(openids(50), refusing(set(openids(50))))
    assert texts(result) == ([], openids(50), [])
    assert len(sent) <= 99


@given(st.data())
def test_the_parts_make_the_whole(data: st.DataObject) -> None:
    """Whatever is bad: each openid stands in one place, the bad ones failed alone, within the calls promised."""
    everybody = openids(data.draw(st.integers(0, 160), label="many"))
    bad = (
        set(data.draw(st.lists(st.sampled_from(everybody), unique=True), label="bad")) if everybody else set()
    )
    result, sent = move(everybody, refusing(bad))
    assert set(result.failed) == bad
    assert sorted([*result.moved, *result.failed]) == everybody
    assert result.not_tried == []
    plain = ceil(len(everybody) / 50)
    assert len(sent) <= plain + PER_BAD * len(bad)
    for start in range(0, len(everybody), 50):
        batch = set(everybody[start : start + 50])
        assert sum(1 for part in sent if batch.issuperset(part)) <= min(99, 1 + PER_BAD * len(bad & batch))


@given(st.data())
def test_the_parts_make_the_whole_when_it_stops(data: st.DataObject) -> None:
    """Wherever the day's quota ends: each openid stands in one place, and moved are those that were answered ok."""
    everybody = openids(data.draw(st.integers(1, 160), label="many"))
    bad = set(data.draw(st.lists(st.sampled_from(everybody), unique=True), label="bad"))
    calls = data.draw(st.integers(0, 12), label="calls before the quota ends")
    moved: set[str] = set()

    def answer(sent: Sent) -> Answer:
        nonlocal calls
        calls -= 1
        if calls < 0:
            return coded(45009)
        said = refusing(bad)(sent)
        if said == OK:
            moved.update(sent.json["openid_list"])
        return said

    result, sent = move(everybody, answer)
    assert sorted([*result.moved, *result.failed, *result.not_tried]) == everybody
    assert set(result.moved) == moved
    if result.stopped_by is None:
        assert result.not_tried == []
    else:
        assert isinstance(result.stopped_by, DailyQuotaExceeded)
        assert {openid for openid, error in result.failed.items() if error is result.stopped_by} == set(
            sent[-1]
        )


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (coded(45009), DailyQuotaExceeded),
        (lost(), TransportError),
        (BUSY, SystemBusy),
        (coded(40050), UnknownGroup),
        (coded(48001), ApiError),
    ],
)
def test_what_ends_a_run(trouble: Any, kind: type[FenzuError]) -> None:
    """An error that is no single openid's ends the run: it is told, and who was not tried."""
    result, sent = move(openids(120), OK, trouble)
    assert texts(result) == (openids(50), openids(100)[50:], openids(120)[100:])
    assert isinstance(result.stopped_by, kind)
    assert set(result.failed.values()) == {result.stopped_by}
    assert set(map(tuple, sent[1:])) == {tuple(openids(100)[50:])}


def test_a_token_that_cannot_be_had_ends_a_run() -> None:
    """Without a token nothing is sent, and the run is told to have been stopped by that."""
    result, sent = move(openids(60), OK, tokens=[coded(40013, "invalid appid")])
    assert sent == []
    assert isinstance(result.stopped_by, ApiError)
    assert (len(result.failed), len(result.not_tried)) == (50, 10)


def test_trouble_is_tried_again_within_a_run() -> None:
    """A busy platform does not end a run before its tries are used up; moving again is safe."""
    result, sent = move(openids(60), BUSY, lost(), OK)
    assert len(result.moved) == 60
    assert len(sent) == 4


def test_an_unknown_group_that_is_called_busy_ends_a_run() -> None:
    """In rulebook 2021 the groups are read once before the last try, and the missing group is told."""
    result, sent = move(openids(60), BUSY, BUSY, BUSY, BUSY, '{"groups":[]}')
    assert isinstance(result.stopped_by, UnknownGroup)
    assert len(sent) == 4


def test_what_is_kept_speaks_the_clients_language() -> None:
    """Errors in a result speak as errors that are raised do, and hold on to nothing they came through."""
    result, _ = move(["bad one", *openids(2)], refusing({openids(1)[0]}), language="zh")
    ended, _ = move(openids(1), coded(45009), language="zh")
    assert ended.stopped_by is not None
    for error in (*result.failed.values(), ended.stopped_by):
        assert "下一步" in str(error)
        assert error.__traceback__ is None
        assert error.__context__ is None


def test_a_result_shows_numbers() -> None:
    """A million openids are not printed by accident."""
    result, _ = move(openids(60), OK, coded(45009))
    assert repr(result).startswith(
        "MoveResult(moved=50, failed=10, not_tried=0, stopped_by=DailyQuotaExceeded("
    )


def test_one_text_is_refused() -> None:
    """One openid where many are wanted is refused before anything is sent."""
    driver = Driver(Platform())
    with pytest.raises(UsageError, match="one openid where many are wanted"):
        driver.run(groups.move_many(account_of(driver.clock), openids(1)[0], 108))
