"""How the control port refuses what is no request at all: in both languages, as its routes do."""

from collections.abc import Mapping
from typing import ClassVar

from fenzu.sandbox.http.limits import REFUSALS, refusal
from fenzu.sandbox.http.listen import Listener
from fenzu.sandbox.http.protocol import LimitedProtocol


class ControlProtocol(LimitedProtocol):
    """One connection to the control port."""

    refusals: Mapping[int, bytes] = {
        **REFUSALS,
        400: refusal("400 Bad Request", "this is no valid HTTP\n这不是合法的 HTTP 请求\n"),
        408: refusal("408 Request Timeout", "the request did not come in time\n请求未在限时内收完\n"),
        413: refusal("413 Content Too Large", "the body is too large\n请求体过大\n"),
        431: refusal("431 Request Header Fields Too Large", "the head is too large\n请求头过大\n"),
    }


class ControlListener(Listener):
    """The control port."""

    protocol: ClassVar[type[LimitedProtocol]] = ControlProtocol
