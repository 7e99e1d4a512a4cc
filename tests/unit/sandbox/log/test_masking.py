"""Secrets and tokens are found however a client wrote them, and nothing else is."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenzu.sandbox.log.masking import mask

CANARY = "Canary-7_x"
HEX = "0123456789abcdef" * 2
TOKEN = "tW4_-" * 18

WRITTEN = [
    f"access_token={CANARY}",
    f"grant_type=client_credential&appid=wx1&secret={CANARY}&x=1",
    f"%61ccess%5Ftoken={CANARY}",
    f"%2573ecret={CANARY}%26tail",
    f"app[secret]={CANARY}",
    f"APPSECRET={CANARY}",
    f'secret="{CANARY}"',
    f'{{"secret":"{CANARY}"}}',
    f'{{"appid" : "wx1",\n\t"secret" :\n "{CANARY}" , "x":1}}',
    f'{{"\\u0073ecret":"{CANARY}"}}',
    f'{{"secret":"a\\"{CANARY}"}}',
    f'\ufeff{{"secret":"{CANARY}"}}',
    f'{{"x":"broken, "secret":"{CANARY}, "y":1}}',
    f'{{"secret":"{CANARY}',
    f"{{'secret': '{CANARY}', 'x': 1}}",
    f"{{secret: {CANARY}}}",
    f'{{"secret":["a","{CANARY}"],"x":1}}',
    f'{{"secret":{{"a":"{CANARY}"}}}}',
    json.dumps({"inner": json.dumps({"secret": CANARY, "x": 1})}),
    json.dumps({"url": f"http://a/cgi-bin/groups/get?access_token={CANARY}&x=1"}),
    f"<xml><secret>{CANARY}</secret></xml>",
    f'--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\n{CANARY}\r\n--b--',
    f'{{"access_token":"{CANARY}","expires_in":7200}}',
    f"go=http%3A%2F%2Fa%3Fsecret%3D{CANARY}%26x%3D1",
    f"go=http%253A%252F%252Fa%253Fsecret%253D{CANARY}",
    f"json=%7B%22secret%22%3A%22{CANARY}%22%7D",
    f'{{"x":"a\\u003fsecret\\u003d{CANARY}"}}',
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_secret_is_found_by_its_name(text: str) -> None:
    """In a query, a form, JSON, broken JSON, XML, in escapes and in escapes of escapes."""
    for content in (text.encode(), text.encode("utf-16"), text.encode("utf-16-be")):
        shown = mask(content)
        assert "xxxx" in shown
        assert CANARY not in shown
        assert "tail" not in shown


@pytest.mark.parametrize("secret", [HEX, HEX.upper(), TOKEN])
@pytest.mark.parametrize("text", ["appsercet={}&x=1", '{{"x":"{}"}}', "/cgi-bin/{}", "{}", "a%3D{}"])
def test_a_secret_is_found_by_its_look(text: str, secret: str) -> None:
    """A misspelt name gives nothing away: what looks like a token or one of the platform's secrets is masked."""
    assert mask(text.format(secret).encode()) == text.format("xxxx")


@pytest.mark.parametrize("text", ["x={}", '{{"x":"{}"}}', "{}"])
def test_an_accounts_own_secret_is_found_anywhere(text: str) -> None:
    """A secret of the account's own making is masked by its value, also where its name says nothing."""
    for written in (
        "my own/secret",
        "my%20own%2Fsecret",
        "my%2520own%252fsecret",
        "my own\\/secret",
        "\\u006dy\\u0020own\\u002fsecret",
    ):
        assert mask(text.format(written).encode(), "my own/secret") == text.format("xxxx")


@pytest.mark.parametrize(
    "text",
    [
        '{"group":{"name":"贵宾 token"}}',
        '{"openid_list":["oDF3iYx0ro3_7jD4HFRDfrjdCM58"],"to_groupid":108}',
        '{"errcode":41001,"errmsg":"access_token missing"}',
        (
            '{"errmsg":"invalid credential, access_token is invalid or not latest, could get access_token by '
            'getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r rid: 65a1b2c3-65a1b2c3-65a1b2c3"}'
        ),
        "next_openid=&lang=zh_CN",
        "access_token=",
        '{"secret":""}',
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Names, openids and the platform's own words are told as they are."""
    assert mask(text.encode()) == text


def test_bytes_that_are_no_text_are_told_as_far_as_they_go() -> None:
    """Broken UTF-8 becomes U+FFFD, and hides nothing."""
    assert mask(b'{"\xff":1,"secret":"\xfe' + CANARY.encode() + b'"}') == '{"\ufffd":1,"secret":"xxxx"}'


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.sampled_from(["secret", "access_token", "appsecret", "refresh_token"]),
    st.integers(0, 3),
)
def test_no_surroundings_hide_a_secret(before: str, after: str, name: str, escaped: int) -> None:
    """Whatever stands around it, a field of that name never shows its value."""
    key = "".join(
        f"\\u{ord(letter):04x}" if index % 4 < escaped else letter for index, letter in enumerate(name)
    )
    field = f'"{key}":"{CANARY}"'
    for content in (before + field + after, json.dumps({before: 1, after: 2})[:-1] + f",{field}}}"):
        assert CANARY not in mask(content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "piece",
    ['"', '\\"', 'token"', "token", "%25", "\\", 'token"\n\n', 'token="a\n', 'secret"a\nb\n', " ", "token "],
)
def test_no_text_takes_long(piece: str) -> None:
    """What a client sends cannot make the log slow: the cost grows with the length, not faster."""
    text = (piece * 8192)[:8192].encode()
    begun = process_time()
    mask(text * 8)
    assert process_time() - begun < 10
