"""The two token calls: who asks is checked in the documented order, then a rule decides which token it is."""

import ipaddress
from hmac import compare_digest

from msgspec.json import encode

from fenzu.sandbox.calls.call import Answer, Call
from fenzu.sandbox.calls.desk import Card
from fenzu.sandbox.calls.states import check_address, check_credentials, check_transport
from fenzu.sandbox.refusal import refusal
from fenzu.sandbox.rules.requests import FetchToken
from fenzu.sandbox.rules.tokens import TEXT_BYTES, answer, is_due, is_living, make_text
from fenzu.wire.errcodes import ERRCODES


def get(call: Call) -> Answer:
    """Answer /cgi-bin/token: a new token each time."""
    card = check(call)
    resources = call.resources
    now = resources.clock()
    resources.counting.count(card, "token.get", now)
    fresh = make_text(resources.chance(TEXT_BYTES))
    return resources.submit(FetchToken(card.number, "plain", int(now), fresh))


def stable(call: Call) -> Answer:
    """Answer /cgi-bin/stable_token: the same token until its last 5 minutes, from memory where nothing changes."""
    card = check(call)
    resources = call.resources
    now = int(resources.clock())
    resources.counting.count(card, "token.stable", now)
    force = call.fields.get("force_refresh") is True
    last = card.stable
    if not force and last is not None and is_living(last, now) and not is_due(last.ends, now):
        return encode(answer(last, now))
    return resources.submit(
        FetchToken(card.number, "stable", now, make_text(resources.chance(TEXT_BYTES)), force)
    )


def count(call: Call) -> Answer:
    """Count a token call that is not done, because a fault answers it; nothing is answered here."""
    assert call.endpoint is not None
    call.resources.counting.count(call.card, call.endpoint.name, call.resources.clock())
    return b""


def check(call: Call) -> Card:
    """Return the account that asks for a token, or refuse: appid, secret, grant_type, address."""
    appid, secret = call.fields.get("appid"), call.fields.get("secret")
    if not appid:
        raise refusal(41002)
    card = call.resources.desk.by_appid.get(appid) if isinstance(appid, str) else None
    if card is None:
        raise refusal(40013)
    call.owner = card
    standing, endpoint = card.standing, call.endpoint
    assert endpoint is not None
    if standing is not None:
        check_transport(standing, endpoint, secure=call.secure)
    if not secret:
        raise refusal(41004)
    if not isinstance(secret, str) or not compare_digest(_raw(secret), _raw(card.secret)):
        raise refusal(40125)
    if standing is not None:
        check_credentials(standing, endpoint)
    if call.fields.get("grant_type") != "client_credential":
        raise refusal(40002)
    if standing is not None:
        check_address(standing, endpoint, listed=card.lists(call.client_ip))
    if not card.admits(call.client_ip):
        raise refusal(40164, name_address(call.client_ip))
    return card


def _raw(secret: str) -> bytes:
    """Return a secret as bytes, whatever a client took for text: comparing in constant time takes ASCII or bytes."""
    return secret.encode("utf-8", "surrogatepass")


def name_address(ip: str) -> str:
    """Return 40164's text for an address, which names it in both of its forms."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ERRCODES[40164].message.format(ipv4=ip, ipv6=ip)
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return ERRCODES[40164].message.format(ipv4=mapped or ip, ipv6=ip)
    return ERRCODES[40164].message.format(ipv4=ip, ipv6=f"::ffff:{ip}")
