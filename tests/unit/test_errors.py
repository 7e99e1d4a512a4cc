"""The exception tree: each code has its class, each error its words, and none holds more than it should."""

import copy
import inspect
import pickle
from datetime import UTC, datetime

import pytest

from fenzu import errors
from fenzu.errors import (
    FAMILIES,
    ApiError,
    FenzuError,
    InvalidOpenid,
    PlanError,
    StoreError,
    TransportError,
    UsageError,
    api_error,
    class_of,
    mask,
)
from fenzu.wire.errcodes import ERRCODES, Family, Retry
from fenzu.wire.words import Words

CLASSES = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, ApiError)]
WORDS = Words("it broke", "坏了")


def tree_of(kind: type[FenzuError]) -> list[type[FenzuError]]:
    return [base for base in kind.__mro__ if issubclass(base, FenzuError)]


def test_six_families() -> None:
    """Each family of codes has a class, and each class of a code belongs to the family that its code is of."""
    assert set(FAMILIES) == set(Family) - {Family.OK}
    for kind in CLASSES:
        for code in kind.codes:
            assert kind.family is ERRCODES[code].family
            assert FAMILIES[ERRCODES[code].family] in tree_of(kind)


def test_each_code_that_has_a_class_is_raised_as_it() -> None:
    """A class registers its codes when it is defined; no two claim the same."""
    claimed = [code for kind in CLASSES for code in kind.codes]
    assert len(claimed) == len(set(claimed)) == 34
    for kind in CLASSES:
        for code in kind.codes:
            assert class_of(code) is kind
            assert type(api_error(code, "…")) is kind


@pytest.mark.parametrize("code", sorted(set(ERRCODES) - {0}))
def test_each_code_of_the_table(code: int) -> None:
    """A code is raised as its class or its family's, knows whether a repeat helps, and says the next step twice."""
    row = ERRCODES[code]
    error = api_error(code, row.message, "groups.list")
    assert isinstance(error, FAMILIES[row.family])
    assert (error.code, error.message, error.endpoint, error.rid) == (code, row.message, "groups.list", None)
    assert (error.retry, error.advice) == (row.retry, row.advice)
    assert str(error) == f"{code} {row.message} (groups.list). Next: {row.advice.en}"
    assert error.say("zh") == f"{code} {row.message}：{row.meaning.zh} (groups.list)。下一步：{row.advice.zh}"


def test_success_is_of_no_family() -> None:
    """0 is no error, and is raised as none of the families should anybody raise it."""
    assert class_of(0) is ApiError


def test_an_unknown_code_keeps_its_number() -> None:
    """A code that is in no table is an `ApiError`, says so in both languages, and is not tried again."""
    error = api_error(12345, "brand new")
    assert type(error) is ApiError
    assert (error.code, error.retry) == (12345, Retry.NO)
    assert str(error) == "12345 brand new. Next: look the code up in the platform's pages"
    assert "不认识" in error.say("zh")


@pytest.mark.parametrize(
    ("said", "message", "rid"),
    [
        ("invalid openid", "invalid openid", None),
        ("ok rid: 61725984-6126f6f9-040f19c4", "ok", "61725984-6126f6f9-040f19c4"),
        ("x hint: [a1b2c3d4e-f5g6h7] rid: 1-2-3 ", "x", "1-2-3"),
        ("x  hint: []rid: 1", "x", "1"),
        ("rid: 1-2-3 in the midst", "rid: 1-2-3 in the midst", None),
        ("x rid: ", "x rid: ", None),
        ("x rid: a b", "x rid: a b", None),
        ("", "", None),
    ],
)
def test_the_rid_is_kept_apart(said: str, message: str, rid: str | None) -> None:
    """The message is the platform's text without what rulebook 2021 appends; the rid is kept for asking about it."""
    error = api_error(40003, said)
    assert (error.message, error.rid) == (message, rid)
    assert ("[rid 1" in str(error)) == (rid is not None and rid.startswith("1"))


@pytest.mark.parametrize(
    "said",
    [" " * 200_000 + "x", " hint: [" * 500_000, " rid: a" * 50_000 + " x", " hint: [x]" + " " * 200_000],
)
def test_a_hostile_text_is_searched_quickly(said: str) -> None:
    """A long text made of almost-suffixes costs no more time than its length: this test would run for minutes."""
    assert api_error(40003, said).rid is None


def test_the_language_is_picked() -> None:
    """`str()` speaks the language that the error was given; `say` speaks any."""
    error = UsageError(WORDS, Words("do that", "那样做"))
    assert str(error) == "it broke. Next: do that"
    error.language = "zh"
    assert str(error) == "坏了。下一步：那样做"
    assert str(api_error(-1, "system error", language="zh")).startswith("-1 system error：")
    assert str(StoreError(WORDS)) == "it broke"


def test_where_errors_stand() -> None:
    """A usage error is a `ValueError`; a lost answer may be tried again; all are `FenzuError`s."""
    assert issubclass(UsageError, ValueError)
    assert TransportError(WORDS).retry is Retry.YES
    for kind in (UsageError, PlanError, StoreError):
        assert kind(WORDS).retry is Retry.NO
    for found in (*CLASSES, UsageError, PlanError, StoreError, TransportError):
        assert issubclass(found, FenzuError)


@pytest.mark.parametrize(
    "error",
    [
        api_error(40003, "invalid openid rid: 1-2-3", "groups.of", language="zh"),
        api_error(99999, "brand new"),
        UsageError(WORDS, Words("do that", "那样做"), language="zh"),
        TransportError(WORDS),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_can_be_sent_elsewhere(error: FenzuError) -> None:
    """An error survives pickling, as between processes, and copying, with all that it knows."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_what_was_added_is_sent_along() -> None:
    """The hour when the quota renews survives pickling, advice and all."""
    error = api_error(45009, "…")
    assert isinstance(error, errors.DailyQuotaExceeded)
    assert error.renews_at is None
    error.renews_at = datetime(2026, 11, 22, 16, tzinfo=UTC)
    error.advice = WORDS
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.renews_at, twin.advice) == (error.renews_at, WORDS)


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("oDF3iYx0ro3_7jD4HFRDfrjdCM58", "oDF3…CM58"), ("short", "…"), ("", "…"), ("123456789012", "…")],
)
def test_masking(secret: str, shown: str) -> None:
    """Enough of an openid is shown to recognise it, never the whole, and nothing of a short text."""
    assert mask(secret) == shown


def test_a_class_of_ones_own() -> None:
    """A class without codes claims none."""

    class Ours(InvalidOpenid):
        """A class of a user's own."""

    assert Ours.codes == ()
    assert class_of(40003) is InvalidOpenid
