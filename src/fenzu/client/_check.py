"""Local checks that save a call: an empty name, an id that is no id, an openid that is none.

What only the platform can judge (how long a name may be, whether a follower exists) is left to it.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from fenzu.errors import UsageError, mask
from fenzu.model import Group, GroupID, OpenID, Tag
from fenzu.wire.endpoints import PRODUCTION_HOSTS
from fenzu.wire.limits import APPID_PATTERN, SENT_OPENID_PATTERN
from fenzu.wire.words import Words

_OPENID = re.compile(SENT_OPENID_PATTERN)
_HOST = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+")
_BASE_URL = re.compile(r"(?i:https?)://[^\s@?#\\\x00-\x1f]+")
A_DAY = 86_400.0


def check_name(name: str) -> str:
    """Return a group's name; raises `UsageError` for anything but a text with at least one character."""
    return _check_name(name, Words("group", "分组"), Words("30 characters", "30 个字符"))


def check_tag_name(name: str) -> str:
    """Return a tag's name; raises `UsageError` for anything but a text with at least one character."""
    return _check_name(name, Words("tag", "标签"), Words("30 bytes of UTF-8", "30 个字节（UTF-8）"))


def _check_name(name: str, kind: Words, limit: Words) -> str:
    if not isinstance(name, str) or not name:
        raise UsageError(
            Words(
                f"a {kind.en}'s name has to be a text of at least one character",
                f"{kind.zh}名必须是至少一个字符的文本",
            ),
            Words(f"give a name of 1 to {limit.en}", f"请给出 1 到 {limit.zh}的名字"),
        )
    return name


def check_text(name: str, text: str) -> str:
    """Return `text`, which may be empty; raises `UsageError` for what is no text."""
    if not isinstance(text, str):
        raise UsageError(
            Words(f"the {name} has to be a text, not {type(text).__name__}", f"{name} 必须是文本"),
            Words("give a text", "请给出文本"),
        )
    return text


def check_group(group: Group | int) -> GroupID:
    """Return the group's number; raises `UsageError` for what is neither a `Group` nor a number from 0 on."""
    number = group.id if isinstance(group, Group) else group
    if not _can_be_id(number):
        raise UsageError(
            Words(f"not a group: {_shown(group)}", f"不是分组：{_shown(group)}"),
            Words("give a group, or its id as a number", "请给出分组或其数字 id"),
        )
    return GroupID(number)


def check_tag(tag: Tag | int) -> int:
    """Return the tag's number; raises `UsageError` for what is neither a `Tag` nor a number from 0 on."""
    number = tag.id if isinstance(tag, Tag) else tag
    if not _can_be_id(number):
        raise UsageError(
            Words(f"not a tag: {_shown(tag)}", f"不是标签：{_shown(tag)}"),
            Words("give a tag, or its id as a number", "请给出标签或其数字 id"),
        )
    return number


def _can_be_id(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


def check_openid(openid: str) -> OpenID:
    """Return `openid`; raises `UsageError` for what cannot be one (letters, digits, `_` and `-` only)."""
    if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        raise UsageError(
            Words(f"not an openid: {_shown(openid)}", f"不是 openid：{_shown(openid)}"),
            Words("an openid has 28 letters, digits, _ or -", "openid 由 28 个字母、数字、_ 或 - 组成"),
        )
    return OpenID(openid)


def check_openids(openids: Iterable[str]) -> list[str]:
    """Return the openids without repeats, in order; raises `UsageError` for a single text or what is no text at all."""
    if isinstance(openids, str | bytes):
        raise UsageError(
            Words("one openid where many are wanted", "这里需要一组 openid，而不是一个"),
            Words("give a list: [openid]", "请给出列表：[openid]"),
        )
    unique: dict[str, None] = {}
    for openid in openids:
        unique[openid if isinstance(openid, str) else check_openid(openid)] = None
    return list(unique)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(mask(value))
    return repr(value) if isinstance(value, int) else type(value).__name__


def check_appid(appid: str) -> str:
    """Return `appid`; raises `UsageError` for anything but 1 to 64 letters, digits, `_` and `-`."""
    if not isinstance(appid, str) or not re.fullmatch(APPID_PATTERN, appid):
        raise UsageError(
            Words(
                "not an appid: it has 1 to 64 letters, digits, _ or -",
                "不是 appid：appid 由 1 到 64 个字母、数字、_ 或 - 组成",
            ),
            Words(
                "give the account's appid, such as wx5eed5eed5eed5eed",
                "请给出公众号的 appid，如 wx5eed5eed5eed5eed",
            ),
        )
    return appid


def check_base_url(base_url: str) -> str:
    """Return `base_url` as one writes it: small letters, no slash at its end, no dot behind the host.

    Raises `UsageError` for what is none, and for production over http.
    """
    parts = _split(base_url)
    if parts is None:
        raise UsageError(
            Words("not a base URL", "不是合法的 base_url"),
            Words(
                "give scheme, host and port, such as https://api.weixin.qq.com or http://127.0.0.1:8060",
                "请给出协议、主机和端口，如 https://api.weixin.qq.com 或 http://127.0.0.1:8060",
            ),
        )
    host, path = _host(parts), parts.path.rstrip("/")
    if parts.scheme == "http" and host in PRODUCTION_HOSTS:
        raise UsageError(
            Words("production is spoken to over https only", "正式环境只能用 https"),
            Words(f"give https://{host}", f"请给出 https://{host}"),
        )
    written = f"[{host}]" if ":" in host else host
    written = written if parts.port is None else f"{written}:{parts.port}"
    if path.endswith("/cgi-bin"):
        short = f"{parts.scheme}://{written}{path.removesuffix('/cgi-bin')}"
        raise UsageError(
            Words("the base URL ends before /cgi-bin", "base_url 到 /cgi-bin 之前为止"),
            Words(f"give {short}", f"请给出 {short}"),
        )
    return f"{parts.scheme}://{written}{path}"


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _split(base_url: str) -> SplitResult | None:
    """Split an address; None for what is none, or holds what does not belong into a base (a user, a query)."""
    if not isinstance(base_url, str) or not _BASE_URL.fullmatch(base_url):
        return None
    try:
        parts = urlsplit(base_url)
        # No other spelling of a host: the HTTP library reads api。weixin。qq。com and api%2Eweixin as production's.
        is_plain = _HOST.fullmatch(parts.hostname or "") is not None
        return parts if is_plain and parts.port != 0 else None
    except ValueError:
        return None


def is_loopback(base_url: str) -> bool:
    """Whether the address is this machine's own; no proxy stands between."""
    host = _host(urlsplit(base_url))
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_seconds(name: str, seconds: float) -> float:
    """Return `seconds`; raises `UsageError` for what is no number above 0."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= A_DAY:
        raise UsageError(
            Words(
                f"{name} has to be a number of seconds above 0, up to a day",
                f"{name} 必须是大于 0 的秒数，最多一天",
            ),
            Words(f"give {name}=10, say", f"例如 {name}=10"),
        )
    return float(seconds)
