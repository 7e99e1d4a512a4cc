"""An event as the platform writes it: the XML, the signature in the query, the account's own name. Knows no network."""

import hashlib
from typing import Literal, TypeAlias
from urllib.parse import urlencode

EventName: TypeAlias = Literal["subscribe", "unsubscribe"]


def write_message(original_id: str, openid: str, event: EventName, at: int) -> bytes:
    """Return the body of a push."""
    return (
        f"<xml><ToUserName><![CDATA[{original_id}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[{event}]]></Event>"
        f"<EventKey><![CDATA[]]></EventKey></xml>"
    ).encode()


def write_query(token: str, openid: str, timestamp: int, nonce: str) -> str:
    """Return the query of a push, by which the receiver knows that it comes from the platform."""
    signature = sign(token, str(timestamp), nonce)
    return urlencode({"signature": signature, "timestamp": timestamp, "nonce": nonce, "openid": openid})


def sign(token: str, timestamp: str, nonce: str) -> str:
    """Return the signature: SHA-1 over the three, sorted and joined."""
    return hashlib.sha1(
        "".join(sorted((token, timestamp, nonce))).encode(), usedforsecurity=False
    ).hexdigest()


def original_id_of(appid: str) -> str:
    """Return what the platform calls an account in messages: `gh_` and twelve digits, here made of its appid."""
    return "gh_" + hashlib.sha256(appid.encode()).hexdigest()[:12]
