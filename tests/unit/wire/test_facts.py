"""The facts about the platform hang together: calls, codes, limits, rulebooks, words."""

import json
import re

import msgspec
import pytest

from fenzu import wire
from fenzu.wire import arrangements, behaviours, limits, rulebooks
from fenzu.wire.endpoints import (
    BY_PATH,
    COMMON_CODES,
    ENDPOINTS,
    GET_CODES,
    POST_CODES,
    PRODUCTION_HOSTS,
    PRODUCTION_URL,
    Endpoint,
    is_production,
)
from fenzu.wire.errcodes import ERRCODES, Family, Retry, Suffix
from fenzu.wire.evidence import MEANING, Mark, marks
from fenzu.wire.rulebooks import RULEBOOKS, Rulebook
from fenzu.wire.words import Words

endpoints = pytest.mark.parametrize("row", ENDPOINTS.values(), ids=ENDPOINTS)
books = pytest.mark.parametrize("book", RULEBOOKS.values(), ids=RULEBOOKS)

SEVEN = {
    "groups.create": "POST /cgi-bin/groups/create",
    "groups.list": "GET /cgi-bin/groups/get",
    "groups.of": "POST /cgi-bin/groups/getid",
    "groups.rename": "POST /cgi-bin/groups/update",
    "groups.move": "POST /cgi-bin/groups/members/update",
    "groups.move_many": "POST /cgi-bin/groups/members/batchupdate",
    "groups.delete": "POST /cgi-bin/groups/delete",
}


def test_the_seven_group_calls() -> None:
    """The mission's calls go where the documents say; in particular moving is no renaming."""
    found = {
        name: f"{row.method} {row.path}" for name, row in ENDPOINTS.items() if name.startswith("groups.")
    }
    assert found == SEVEN


@endpoints
def test_a_calls_codes_are_in_the_table(row: Endpoint) -> None:
    """Each code that a call can answer is explained; what any call can answer is among them."""
    assert set(row.codes) <= set(ERRCODES)
    assert len(row.codes) == len(set(row.codes))
    if row.takes_token:
        assert set(row.codes) >= {*COMMON_CODES, *(POST_CODES if row.method == "POST" else GET_CODES)}


@endpoints
def test_a_calls_example_is_what_it_takes(row: Endpoint) -> None:
    """A request's example is JSON or a query with the fields that are told; its answer's is compact JSON."""
    assert json.dumps(json.loads(row.answer), ensure_ascii=False, separators=(",", ":")) == row.answer
    if row.request.startswith("{"):
        body = json.loads(row.request)
        for param in row.params:
            value = body
            for part in param.name.split("."):
                value = value[part]
            kind = {"text": str, "number": int, "list": list, "flag": bool}[param.kind]
            assert isinstance(value, kind)
            assert param.place == "body"
    elif row.request:
        assert {part.partition("=")[0] for part in row.request.split("&")} == {
            param.name for param in row.params
        }
        assert {param.place for param in row.params} == {"query"}
    else:
        assert row.params == ()


@endpoints
def test_a_call_is_found_by_its_path(row: Endpoint) -> None:
    """Paths are unique, and each row tells its evidence and its source."""
    assert BY_PATH[row.path] is row
    assert row.path.startswith("/cgi-bin/")
    assert row.marks
    assert row.source
    assert 2012 <= row.since <= 2026


def test_what_may_not_be_repeated() -> None:
    """A create sent twice makes two, a clearing is counted; everything else may be sent twice."""
    assert {name for name, row in ENDPOINTS.items() if not row.repeatable} == {
        "groups.create",
        "tags.create",
        "quota.clear",
    }


def test_what_takes_no_token() -> None:
    """Only the token calls go without a token."""
    assert {name for name, row in ENDPOINTS.items() if not row.takes_token} == {"token.get", "token.stable"}


def test_production() -> None:
    """The default address is production's, over TLS."""
    assert PRODUCTION_URL.removeprefix("https://") in PRODUCTION_HOSTS


@pytest.mark.parametrize("base_url", ["https://api.weixin.qq.com", "https://SH.api.weixin.qq.com.:443/"])
def test_production_is_known(base_url: str) -> None:
    """The platform's hosts are known however they are spelled; a sandbox is none of them."""
    assert is_production(base_url)
    assert not is_production("http://127.0.0.1:8060")


@pytest.mark.parametrize("row", ERRCODES.values(), ids=ERRCODES)
def test_a_code_is_told_in_both_languages(row: wire.ErrCode) -> None:
    """Each code has the platform's text, a meaning and an advice in English and in Chinese."""
    assert row.message
    for words in (row.meaning, row.advice):
        assert words.en
        assert re.search("[\u4e00-\u9fff]", words.zh) or row.code == 0


def test_codes_that_are_tried_again() -> None:
    """Three codes are tried once with another token; a minute's quota waits; only busy codes are simply tried again."""
    by_retry = {retry: {code for code, row in ERRCODES.items() if row.retry is retry} for retry in Retry}
    assert by_retry[Retry.ONCE] == {40001, 40014, 42001}
    assert by_retry[Retry.NEXT_MINUTE] == {45011}
    assert 45009 in by_retry[Retry.TOMORROW]
    assert by_retry[Retry.YES] == {code for code, row in ERRCODES.items() if row.family is Family.BUSY}


def test_suffixes() -> None:
    """In rulebook 2021 five codes carry a hint and a rid, the others a rid, success nothing."""
    hints = {code for code, row in ERRCODES.items() if row.suffix is Suffix.HINT_AND_RID}
    assert hints == {40051, 40092, 40152, 45157, 45159}
    assert {code for code, row in ERRCODES.items() if row.suffix is Suffix.NONE} == {0}


@books
def test_a_rulebooks_codes_are_in_the_table(book: Rulebook) -> None:
    """Each code that a rulebook decides on is explained, and is among those of the call it is for."""
    for call, code in (
        ("groups.rename", book.rename_unknown),
        ("groups.rename", book.rename_reserved),
        ("groups.move", book.move_unknown),
        ("groups.move_many", book.move_unknown),
        ("groups.delete", book.delete_unknown),
        ("groups.delete", book.delete_reserved or -1),
        ("groups.move", book.bad_group_id),
    ):
        assert code in ERRCODES
        assert code in ENDPOINTS[call].codes
    assert set(book.listed_reserved) <= set(limits.RESERVED_GROUPS)


def test_a_name_has_two_lengths() -> None:
    """The documents count characters, the platform of today counts bytes: ten Chinese characters and no more."""
    of_2013, of_2021 = RULEBOOKS["2013"], RULEBOOKS["2021"]
    assert (of_2013.name_length("分组★"), of_2021.name_length("分组★")) == (3, 9)
    assert of_2021.name_length("字" * 10) == of_2021.name_limit
    assert of_2021.name_length("\ud800") == 3
    assert (of_2013.custom_groups, of_2021.custom_groups) == (500, 100)


def test_quotas_are_of_calls_that_exist() -> None:
    """Each quota belongs to a call, and a test account has less."""
    assert set(limits.DAILY) <= set(ENDPOINTS)
    for quota in limits.DAILY.values():
        assert 0 < quota.test < quota.ordinary
    assert limits.DAILY["groups.move_many"].ordinary * limits.BATCH_OPENIDS == 5_000_000


def test_marks() -> None:
    """Marks are written letter after letter, and each has a meaning in both languages."""
    assert marks("DW?") == (Mark.DOCUMENTED, Mark.WIRE, Mark.OURS)
    assert set(MEANING) == set(Mark)


def test_words() -> None:
    """A sentence is said in either language, in English unless asked otherwise."""
    words = Words("a", "甲")
    assert (words.say("en"), words.say("zh"), str(words)) == ("a", "甲", "a")


def test_what_is_told_of_behaviours() -> None:
    """Each fact of the fidelity page has words in both languages, evidence, and calls that exist."""
    for topic in (*behaviours.TOPICS, *arrangements.ARRANGEMENTS):
        for row in topic.rows:
            assert row.marks
            assert set(row.calls) <= set(ENDPOINTS)
            for words in (topic.title, row.what, row.how):
                assert words.en
                assert words.zh
    for point in rulebooks.POINTS:
        assert point.marks_2013
        assert point.marks_2021


def test_a_quota_tells_what_each_of_its_numbers_rests_on() -> None:
    """Documented for accounts does not mean documented for test accounts."""
    stable = limits.DAILY["token.stable"]
    assert (stable.mark, stable.test_mark) == (Mark.DOCUMENTED, Mark.OURS)
    ordinary = limits.DAILY["token.get"]
    assert (ordinary.mark, ordinary.test_mark) == (Mark.DOCUMENTED, Mark.DOCUMENTED)


def test_facts_are_data() -> None:
    """What `wire` offers is there, and its rows cannot be changed."""
    assert all(hasattr(wire, name) for name in wire.__all__)
    with pytest.raises(AttributeError):
        RULEBOOKS["2013"].custom_groups = 5  # type: ignore[misc]  # that it is refused is the point
    assert msgspec.structs.asdict(RULEBOOKS["2013"])
