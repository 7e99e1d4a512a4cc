"""One request to the control port, and the paths on it. The transport that it borrows knows HTTP."""

import os
import re
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from fenzu.client._check import check_base_url
from fenzu.client.transport import Request, Transport
from fenzu.control.values import ControlError
from fenzu.errors import TransportError, UsageError
from fenzu.wire.limits import APPID_PATTERN
from fenzu.wire.words import Words

T = TypeVar("T")

TOO_LARGE = 413
"""The HTTP status of a body beyond the limit."""


class _Problem(msgspec.Struct):
    error: str
    message: str
    message_zh: str = ""


class Port:
    """Sends requests to the control port; an answer is decoded, a refusal raised."""

    def __init__(
        self,
        url: str,
        transport: Transport,
        timeout: float,
        key: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        self.url: str = check_base_url(url)
        self.transport = transport
        self.timeout = timeout
        self.ca_file = ca_file
        self._key = None if key is None else _check_key(key)

    def call(
        self, method: str, path: str, gives: type[T], body: object = None, *, content: bytes | None = None
    ) -> T:
        """Send one request, with a `body` as JSON or `content` as it is, and return its answer."""
        answer = self.fetch(method, path, content if body is None else msgspec.json.encode(body))
        try:
            return msgspec.json.decode(answer, type=gives)
        except msgspec.MsgspecError:
            raise self._no_sandbox() from None

    def fetch(self, method: str, path: str, content: bytes | None = None) -> bytes:
        """Send one request and return its answer as it is."""
        response = self.transport.send(Request(method, self.url + path, content, self.timeout, self._key))
        if response.status >= 400:
            raise self.refusal(response.status, response.body)
        return response.body

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request that goes past the transport."""
        return {} if self._key is None else {"Authorization": f"Bearer {self._key}"}

    def refusal(self, status: int, body: bytes) -> ControlError | TransportError:
        """Return the error for an answer that is no success."""
        try:
            problem = msgspec.json.decode(body, type=_Problem)
        except msgspec.MsgspecError:
            return _too_large() if status == TOO_LARGE else self._no_sandbox()
        return ControlError(status, problem.error, problem.message, problem.message_zh)

    def _no_sandbox(self) -> TransportError:
        return TransportError(
            Words(f"what answers at {self.url} is no control port", f"{self.url} 上应答的不是沙箱的控制端口"),
            Words("give the control_url of the sandbox's ready line", "请使用沙箱就绪行里的 control_url"),
        )


def _too_large() -> ControlError:
    """Tell what every server answers to a body beyond its limit, in words of ours: its own are plain text."""
    return ControlError(
        TOO_LARGE,
        "too_large",
        "a body is at most 64 MiB; `fenzu sandbox --seed FILE` takes a file of any size",
        "请求体不得超过 64 MiB；更大的文件请用 `fenzu sandbox --seed FILE` 载入",
    )


def _check_key(key: str) -> str:
    """Return the key without the end of the line that it may have been read with; refuses what no header can carry."""
    key = key.strip()
    if not re.fullmatch(r"[!-~]+", key):
        raise UsageError(
            Words(
                "the key of the control port is visible ASCII without spaces",
                "控制端口的密钥为不含空格的可见 ASCII 字符",
            )
        )
    return key


def given(**wish: object) -> dict[str, object]:
    """Return what is wished for, without what is left to the sandbox (None)."""
    return {name: value for name, value in wish.items() if value is not None}


def query_of(**wish: object) -> str:
    """Return what is wished for as the end of a path; empty where that is nothing."""
    wanted = given(**wish)
    return "?" + urlencode(wanted) if wanted else ""


def path_of(appid: str, rest: str = "") -> str:
    """Return an account's path; what is no appid is refused, because `..` would lead to another route."""
    return f"/accounts/{check_appid(appid)}{rest}"


def check_appid(appid: str) -> str:
    """Return the appid; raises UsageError for what is none."""
    if not re.fullmatch(APPID_PATTERN, appid):
        raise UsageError(
            Words(
                "an appid is 1 to 64 letters, digits, _ and -",
                "appid 为 1 到 64 个字母、数字、_ 或 -",
            )
        )
    return appid
