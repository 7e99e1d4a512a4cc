"""The control client's view of the log, without a socket: what it asks for, and what it makes of the answer."""

import msgspec
import pytest

from fenzu.client.transport import Request, Response
from fenzu.control import Control, LoggedRequest

ENTRY = (
    b'{"id":3,"time":1.5,"appid":null,"call":"groups.of","method":"POST","path":"/cgi-bin/groups/getid","query":"",'
    b'"body":"{}","answer":"{}","errcode":40003,"explained":{"meaning":{"en":"a","zh":"b"},"advice":{"en":"c","zh":"d"}},'
    b'"duration_ms":0.1,"fault":null,"client_ip":"::1","cut":["body"],"curl":null,"later":1}'
)


class Recorded:
    """A transport that gives one answer and keeps what was sent."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.sent: list[str] = []

    def send(self, request: Request) -> Response:
        self.sent.append(f"{request.method} {request.url}")
        return Response(200, self.body)

    def close(self) -> None:
        pass


def test_a_search_is_one_request() -> None:
    """What is given is asked for, in escapes; what is not given is left to the port."""
    transport = Recorded(b"[%b]" % ENTRY)
    control = Control("http://127.0.0.1:8061", transport=transport)
    (entry,) = control.requests.list(appid="wx1", call="groups.*", errcode=0, text="贵 宾&", after=2, limit=5)
    query = "appid=wx1&call=groups.%2A&errcode=0&text=%E8%B4%B5+%E5%AE%BE%26&after=2&limit=5"
    assert transport.sent == [f"GET http://127.0.0.1:8061/requests?{query}"]
    assert entry == msgspec.json.decode(ENTRY, type=LoggedRequest)
    assert entry.explained is not None
    assert (entry.cut, entry.explained.advice.zh) == (("body",), "d")


def test_emptying_is_one_request() -> None:
    """All requests are forgotten at once."""
    transport = Recorded(b'{"ok":true}')
    Control("http://127.0.0.1:8061", transport=transport).requests.clear()
    assert transport.sent == ["DELETE http://127.0.0.1:8061/requests"]


def test_an_entry_shows_none_of_its_texts() -> None:
    """What is printed of a request by chance holds no openid and no name."""
    entry = msgspec.json.decode(ENTRY, type=LoggedRequest)
    assert repr(entry) == "LoggedRequest(id=3, call='groups.of', path='/cgi-bin/groups/getid', errcode=40003)"
    with pytest.raises(AttributeError):
        entry.id = 4  # type: ignore[misc]  # it is frozen
