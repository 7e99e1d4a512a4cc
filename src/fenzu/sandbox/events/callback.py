"""The one address that events go to: which addresses may be given, and one request to it. Follows no redirect.

It knows no proxy either: what goes out goes to the host that was named at start, and nowhere else.
"""

import re
import socket
import threading
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import msgspec

from fenzu.errors import UsageError
from fenzu.wire.limits import EVENT_SECONDS
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from http.client import HTTPConnection

TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
"""The platform takes no other."""
ANSWER_BYTES = 64 * 1024


class Callback(msgspec.Struct, frozen=True):
    """Where events go, and what they are signed with. `repr` leaves the token out."""

    host: str
    port: int
    path: str
    """With its query, if it has one."""
    token: str

    def __repr__(self) -> str:
        return f"Callback({self.url})"

    @property
    def url(self) -> str:
        """The address without what may be secret in its query."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.path.partition('?')[0]}"


class Answered(msgspec.Struct, frozen=True):
    """What came of one request."""

    is_good: bool
    detail: str


def read_callback(url: str, token: str, *, anywhere: bool = False) -> Callback:
    """Return what `--callback` and `--callback-token` say; another machine's address is refused unless `anywhere`."""
    parts = _split(url)
    if parts is None:
        raise UsageError(
            Words(
                f"{url.partition('?')[0]} is no address for events", f"{url.partition('?')[0]} 不能接收事件"
            ),
            Words("give one such as http://127.0.0.1:5000/wechat", "例如 http://127.0.0.1:5000/wechat"),
        )
    host = parts.hostname or ""
    if not anywhere and not _is_loopback(host):
        raise UsageError(
            Words(
                f"events are pushed on this machine only, not to {host}",
                f"事件只推送到本机，不推送到 {host}",
            ),
            Words("give a loopback address, or add --expose", "请使用回环地址，或加上 --expose"),
        )
    if not TOKEN.fullmatch(token):
        raise UsageError(
            Words(
                "the token of a callback is 3 to 32 letters and digits",
                "回调的 Token 为 3 到 32 个字母或数字",
            )
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Callback("127.0.0.1" if host == "localhost" else host, parts.port or 80, path, token)


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address, None for what is no plain one."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "http" and parts.username is None and url.isascii() and " " not in url
        return parts if is_plain and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def post(callback: Callback, query: str, body: bytes) -> Answered:
    """Send one push, and tell whether it was taken: an answer with status 200 within five seconds, whatever it says."""
    from http.client import HTTPConnection, HTTPException  # only a sandbox that pushes pays for it

    connection = HTTPConnection(callback.host, callback.port, timeout=EVENT_SECONDS)
    late = threading.Event()
    timer = threading.Timer(EVENT_SECONDS, _cut_off, (connection, late))
    timer.daemon = True
    timer.start()
    try:
        path = callback.path + ("&" if "?" in callback.path else "?") + query
        connection.request("POST", path, body, {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        said = answer.read(ANSWER_BYTES)
    except (OSError, HTTPException) as error:
        return Answered(
            is_good=False, detail="no answer in time" if _is_late(error, late) else _reason(error)
        )
    finally:
        timer.cancel()
        connection.close()
    if late.is_set():
        return Answered(is_good=False, detail="no answer in time")
    return Answered(is_good=answer.status == 200, detail=_detail(answer.status, said))


def _cut_off(connection: "HTTPConnection", late: threading.Event) -> None:
    """End a request that drags on; each single step of it may have been quick."""
    late.set()
    with suppress(OSError, AttributeError):  # not connected yet, or closed already
        connection.sock.shutdown(socket.SHUT_RDWR)


def _is_late(error: Exception, late: threading.Event) -> bool:
    return late.is_set() or isinstance(error, TimeoutError)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _detail(status: int, said: bytes) -> str:
    if status != 200:
        return f"status {status}"
    if said.strip() in (b"", b"success"):
        return "taken"
    return "taken; its reply is passed over"
