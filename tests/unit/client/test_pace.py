"""Going slowly on purpose, on a virtual clock and with a pace that a script decides."""

from tests.unit.client.scripted import Clock, Driver, Platform, account_of

from fenzu.client import groups

LIST = b'{"groups":[]}'


class Scripted:
    """A pace whose answers are given; it keeps what it was asked for."""

    def __init__(self, *answers: float, waits: bool = False) -> None:
        self.waits = waits
        self.answers = list(answers)
        self.asked: list[tuple[str, str, str]] = []

    def take(self, base_url: str, appid: str, endpoint: str) -> float:
        self.asked.append((base_url, appid, endpoint))
        return self.answers.pop(0)


def test_a_call_waits_until_its_pace_lets_it_go() -> None:
    """The client asks again after the seconds that the pace names, and the wait does not count against the deadline."""
    for waits in (False, True):
        clock, pace = Clock(), Scripted(0, 50, 20, 0, waits=waits)
        driver = Driver(Platform(LIST, LIST), clock)
        account = account_of(clock, pace=pace, deadline=60)
        assert driver.run(groups.list(account)) == []
        assert driver.slept == [50, 20]
        assert {endpoint for *_, endpoint in pace.asked} == {"token.stable", "groups.list"}
        assert {(base_url, appid) for base_url, appid, _ in pace.asked} == {(account.base_url, account.appid)}


def test_a_repeat_is_a_call_too() -> None:
    """Each try takes one call of the pace, because the platform counts tries."""
    clock, pace = Clock(), Scripted(0, 0, 0)
    driver = Driver(Platform(b'{"errcode":-1,"errmsg":"system error"}', LIST), clock)
    driver.run(groups.list(account_of(clock, pace=pace)))
    assert [endpoint for *_, endpoint in pace.asked] == ["token.stable", "groups.list", "groups.list"]
