"""From what somebody filled in to a fault rule, and from a rule to words."""

import datetime as dt

import pytest

from fenzu.console.sandbox.fault_form import FaultWish, fault_of, key_of, plain, without
from fenzu.console.sandbox.fault_presets import PRESETS
from fenzu.console.sandbox.fault_words import struck, what, when, whom
from fenzu.control import Fault, HeldFault
from fenzu.errors import UsageError
from fenzu.wire.faults import EFFECTS

NOW = 1764057600.0


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        (FaultWish("busy"), Fault.busy()),
        (FaultWish("answer", "groups.move", errcode=45009), Fault.answer("groups.move", 45009)),
        (FaultWish("delay", shortest=200), Fault.delay("*", (200, 200))),
        (FaultWish("delay", shortest=400, longest=50), Fault.delay("*", (50, 400))),
        (FaultWish("lost_answer", " "), Fault.lost_answer("*")),
        (FaultWish("expire_token"), Fault.expired_token()),
        (FaultWish("busy", often="chance", percent=5, times=2), Fault.busy(chance=0.05, times=2)),
        (FaultWish("busy", often="nth", nth="3, 4，5"), Fault.busy(nth=(3, 4, 5))),
        (FaultWish("busy", often="every", every=10), Fault.busy(every=10)),
        (FaultWish("busy", minutes=5), Fault.busy(until=NOW + 300)),
        *((FaultWish(name), Fault(call="*", effect=name)) for name in EFFECTS if name != "expire_token"),  # type: ignore[arg-type]  # the names of a table
    ],
)
def test_what_is_filled_in_becomes_a_rule(wish: FaultWish, fault: Fault) -> None:
    """Each choice of the form is the rule that the control client makes of the same words."""
    assert fault_of(wish, NOW) == fault


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (FaultWish("answer"), "the code is not given"),
        (FaultWish("delay"), "the delay is not given"),
        (FaultWish("busy", often="chance"), "the chance is not given"),
        (FaultWish("busy", often="nth"), "which call is not given"),
        (FaultWish("busy", often="nth", nth="the third"), "in numbers"),
        (FaultWish("busy", often="every"), "one call in how many is not given"),
        (FaultWish("busy", minutes=1e11), "at most 527,040 minutes"),
        (FaultWish("busy", minutes=0), "more than 0"),
    ],
)
def test_what_is_missing_or_makes_no_sense_is_told(wish: FaultWish, told: str) -> None:
    """A form that was sent half filled in, or asks for a time beyond all calendars, is refused in words."""
    with pytest.raises(UsageError, match=told):
        fault_of(wish, NOW)


def test_one_rule_is_removed() -> None:
    """A rule is found by what it says, however often it has struck since, and one of two equal ones stays."""
    busy = HeldFault("*", errcode=-1, met=9, struck=4)
    late = HeldFault("*", delay_ms=(1, 2), until=NOW, met=0, struck=0)
    assert key_of(busy) == key_of(Fault.busy())
    assert without([busy, late, busy], key_of(busy)) == [plain(late), Fault.busy()]
    assert without([late], key_of(busy)) is None
    assert plain(late) == Fault("*", delay_ms=(1, 2), until=NOW)


def test_rules_in_words() -> None:
    """A rule says in both languages which calls it strikes, what becomes of them, and how often."""
    rule = Fault("groups.*", errcode=-1, chance=0.05, nth=(3, 4), every=2, times=7, since=0.0, until=NOW)
    assert whom("*").en == "all calls"
    assert what(rule).zh == "系统繁忙（-1）"
    assert when(rule).en == (
        "5 % of them, one in 2, number 3, 4, 7 times at most, from 1970-01-01 08:00:00, until 2025-11-25 16:00:00"
    )
    assert when(Fault.busy()).zh == "每次"
    assert what(Fault.delay("*", (20, 400))).en == "20–400 ms late"
    assert what(Fault.delay("*", 5)).zh == "延迟 5 毫秒"
    assert what(Fault.answer("*", 45009)).en.startswith("answers 45009: ")
    assert what(Fault.answer("*", 7)).zh == "返回 7"


@pytest.mark.parametrize("until", [1e12, 1e300, dt.datetime.max.replace(tzinfo=dt.UTC)])
def test_a_rule_beyond_all_calendars_is_told(until: float | dt.datetime) -> None:
    """A rule that another program has let hold for ever does not keep the page of faults from being shown."""
    assert when(Fault.busy(until=until)).en == f"until {until}"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets(preset: object) -> None:
    """Each preset makes rules that can be told in words."""
    (found,) = [each for each in PRESETS if each is preset]
    assert all(what(fault).zh and when(fault).en for fault in found.faults(NOW))


@pytest.mark.parametrize(
    ("told", "zh"), [(None, None), ("errcode 45009", "错误码 45009"), ("something new", "something new")]
)
def test_what_a_fault_did_is_translated(told: str | None, zh: str | None) -> None:
    """What the log tells of a fault is in words, and a word that is not known stays as it is."""
    words = struck(told)
    assert (None if words is None else words.zh) == zh
