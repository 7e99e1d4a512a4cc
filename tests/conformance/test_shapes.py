"""Requests in the shapes that clients which cannot run here are known to send: forms, headers, escapes, key order."""

import json
from urllib.parse import urlencode

import pytest

from tests.conformance.referee import Account, send, send_raw
from tests.conformance.sdks import STRAY

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_token_by_post_form(account: Account) -> None:
    """The seed gem posts appid, secret and grant_type as a form to the token call, and gets a token that works."""
    wish = {"grant_type": "client_credential", "appid": account.appid, "secret": account.secret}
    answer = send(f"{account.base_url}/cgi-bin/token", urlencode(wish).encode(), FORM)
    assert answer["expires_in"] == 7200
    groups = send(f"{account.base_url}/cgi-bin/groups/get?access_token={answer['access_token']}")
    assert len(groups["groups"]) == 5


def test_an_authorization_header_and_more_parameters(account: Account) -> None:
    """The seed gem adds `Authorization: OAuth2 …` and `openid=APPID` to the address; both change nothing."""
    token = account.token()
    address = f"{account.base_url}/cgi-bin/groups/getid?openid={account.appid}&access_token={token}"
    body = json.dumps({"openid": STRAY[0]}).encode()
    assert send(address, body, {"Authorization": f"OAuth2 {token}"}) == {"groupid": 0}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=UTF-8",
        "x",
        "",
    ],
)
def test_json_under_any_content_type(account: Account, content_type: str) -> None:
    """A JSON body is read as JSON whatever its header says."""
    address = f"{account.base_url}/cgi-bin/groups/members/update?access_token={account.token()}"
    body = json.dumps({"to_groupid": "106", "openid": STRAY[0]}).encode()
    assert send(address, body, {"Content-Type": content_type}) == {"errcode": 0, "errmsg": "ok"}
    assert account.group_of(STRAY[0]) == 106


def test_a_form_is_no_json(account: Account) -> None:
    """A form sent to a group call answers 47001."""
    address = f"{account.base_url}/cgi-bin/groups/getid?access_token={account.token()}"
    answer = send(address, urlencode({"openid": STRAY[0]}).encode(), FORM)
    assert answer == {"errcode": 47001, "errmsg": "data format error"}


def test_escapes_and_raw_names_are_the_same_name(account: Account) -> None:
    r"""A name sent as `\uXXXX`, or with its keys the other way round, comes back as raw UTF-8 without escapes."""
    address = f"{account.base_url}/cgi-bin/groups/update?access_token={account.token()}"
    for body in (
        b'{"group":{"id":104,"name":"\\u534e\\u4e1c\\ud83c\\udf88"}}',
        '{"group":{"name":"华东🎈","id":"104"}}'.encode(),
    ):
        assert send(address, body) == {"errcode": 0, "errmsg": "ok"}
        listed = send_raw(f"{account.base_url}/cgi-bin/groups/get?access_token={account.token()}")
        assert '{"id":104,"name":"华东🎈","count":3}'.encode() in listed
