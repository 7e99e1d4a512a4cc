"""What the state of an account does to a call: refuses it, where the table of states says so. Knows no account."""

import re

from fenzu.sandbox.refusal import refusal
from fenzu.wire.endpoints import Endpoint
from fenzu.wire.states import AccountState, Check

_ESCAPE = re.compile(rb"\\u[0-9A-Fa-f]{4}")


def check_call(state: AccountState, endpoint: Endpoint, body: bytes, *, secure: bool) -> None:
    """Refuse a call with a token, if the account is in a state in which it is refused."""
    match state.check:
        case Check.ACCOUNT | Check.EVERYTHING:
            concerned = True
        case Check.HTTPS:
            concerned = not secure
        case Check.ESCAPES:
            concerned = _ESCAPE.search(body) is not None
        case _:
            concerned = False
    _refuse(state, endpoint, concerned)


def check_transport(state: AccountState, endpoint: Endpoint, *, secure: bool) -> None:
    """Refuse a token call by plain HTTP, if the account wants HTTPS."""
    _refuse(state, endpoint, state.check is Check.HTTPS and not secure)


def check_credentials(state: AccountState, endpoint: Endpoint) -> None:
    """Refuse a token call whose secret is right."""
    _refuse(state, endpoint, state.check in (Check.CREDENTIALS, Check.EVERYTHING))


def check_address(state: AccountState, endpoint: Endpoint, *, listed: bool) -> None:
    """Refuse a token call from an address that does not stand on the whitelist."""
    _refuse(state, endpoint, state.check is Check.ADDRESS and not listed)


def _refuse(state: AccountState, endpoint: Endpoint, concerned: bool) -> None:
    code = state.code_at(endpoint.name) if concerned else 0
    if code:
        raise refusal(code)
