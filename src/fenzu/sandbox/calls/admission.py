"""The checks that all calls share, in the documented order: whose token it is, the method, the account, its quota."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from fenzu.sandbox.calls.call import Call
from fenzu.sandbox.calls.reading import read_body, read_query, read_token
from fenzu.sandbox.calls.resources import Resources
from fenzu.sandbox.calls.states import check_call
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.tokens import code_of, may_be_token
from fenzu.wire.endpoints import Endpoint

FORM_BYTES = 16 * 1024
"""How much of a form is read: three short fields, and each `%` costs time on the event loop."""
REQUIRES = {"GET": 43001, "POST": 43002}

Admit: TypeAlias = Callable[[Endpoint, Call, Resources], None]
"""Lets a call with a token pass, or refuses it."""


def admit(endpoint: Endpoint, call: Call, resources: Resources) -> None:
    """Note whose token it is; refuses tokens, then the method, the account, its quota; counts the call."""
    token = read_token(call.query)
    if not token:
        raise refusal(41001)
    session, now = resources.desk.session(token), resources.clock()
    if session is None:
        if not may_be_token(token):
            raise refusal(40014)
        raise resources.refusal(40001)
    card = call.owner = session.card
    code = code_of(session.ends, session.dies, now)
    if code:
        raise resources.refusal(code)
    if call.method != endpoint.method:
        raise refusal(REQUIRES[endpoint.method])
    if card.standing is not None:
        check_call(card.standing, endpoint, call.body, secure=call.secure)
    resources.counting.count(card, endpoint.name, now)


def read_fields(endpoint: Endpoint, call: Call) -> Mapping[str, object]:
    """Return the fields of a request; /cgi-bin/token alone takes a POST form in place of its query."""
    if endpoint.method == "POST":
        if call.method != "POST":  # only the token calls come here unchecked
            raise refusal(43002)
        if not call.body:
            raise refusal(44002)
        return read_body(call.body)
    if call.method == "POST" and not endpoint.takes_token:
        return read_query(call.body[:FORM_BYTES]) | read_query(call.query)
    if call.method != "GET":
        raise refusal(43001)
    return read_query(call.query) if endpoint.params else {}
