"""The states that an account may be in, as data: which calls are refused in it, with which code, and at which check.

The codes are the platform's. That one account shows one of them as long as somebody wants to is the sandbox's own
arrangement; where no page says when a code is answered, the check at which it stands is our choice.
"""

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

from fenzu.wire.evidence import Mark
from fenzu.wire.words import Words

State: TypeAlias = Literal[
    "active",
    "busy",
    "unauthorized",
    "limited",
    "barred",
    "frozen",
    "ungranted",
    "ungranted_component",
    "reauthorize",
    "https_only",
    "no_escapes",
    "no_escaped_names",
    "secret_frozen",
    "no_tokens",
    "component",
    "address_unregistered",
    "address_pending",
    "call_pending",
    "address_refused",
    "address_barred",
]


class Check(StrEnum):
    """Where a state is looked at, in the documented order of checks."""

    HTTPS = "https"
    """Every call that came by plain HTTP: with the method, before the account."""
    EVERYTHING = "everything"
    """Every call: the token ones after the secret, the others where the account is looked at."""
    ACCOUNT = "account"
    """Every call with a token, after the method."""
    ESCAPES = "escapes"
    """Calls whose body holds a `\\uXXXX`, where the account is looked at."""
    CREDENTIALS = "credentials"
    """The token calls, after the secret."""
    ADDRESS = "address"
    """The token calls, from an address that does not stand on the whitelist."""


class AccountState(msgspec.Struct, frozen=True):
    """One state: what is answered in it, and to whom. No `calls` means all that the check is for."""

    name: State
    code: int
    check: Check
    how: Words
    mark: Mark = Mark.OURS
    calls: tuple[str, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    """Calls that have a code of their own for it."""

    def code_at(self, call: str) -> int:
        """Return what a call answers, 0 if it is not concerned."""
        return dict(self.others).get(call, self.code if not self.calls or call in self.calls else 0)


NAMING_CALLS = ("groups.create", "groups.rename", "tags.create", "tags.rename", "followers.remark")
BUSY_CODES = (("blacklist.add", 268487001), ("blacklist.remove", 268487001), ("followers.list", 268487002))
"""The pages of these calls name a busy code of their own."""

_ROWS = (
    AccountState(
        "busy",
        -1,
        Check.EVERYTHING,
        Words("the platform is busy for this account", "平台对该账号系统繁忙"),
        others=BUSY_CODES,
    ),
    AccountState(
        "unauthorized",
        48001,
        Check.ACCOUNT,
        Words("the account may not use the calls", "账号没有接口权限"),
    ),
    AccountState(
        "limited", 50002, Check.ACCOUNT, Words("the account is limited or closed", "账号受限或已注销")
    ),
    AccountState(
        "barred",
        48004,
        Check.ACCOUNT,
        Words("the calls are barred for irregularities", "接口因违规被封禁"),
    ),
    AccountState(
        "frozen",
        50007,
        Check.EVERYTHING,
        Words("the account is frozen, and gets no token either", "账号已冻结，也拿不到 token"),
    ),
    AccountState(
        "ungranted",
        50001,
        Check.ACCOUNT,
        Words("the account has not authorised the calls", "账号未授权这些接口"),
    ),
    AccountState(
        "ungranted_component",
        61007,
        Check.ACCOUNT,
        Words(
            "the account has not granted the calls to its third-party platform",
            "账号未把这些接口授权给第三方平台",
        ),
    ),
    AccountState(
        "reauthorize",
        42007,
        Check.ACCOUNT,
        Words("the password was changed, the account has to authorise again", "账号改过密码，需要重新授权"),
    ),
    AccountState(
        "https_only",
        43003,
        Check.HTTPS,
        Words("plain HTTP is refused; with --tls it is HTTPS", "拒绝明文 HTTP；加 --tls 即为 HTTPS"),
    ),
    AccountState(
        "no_escapes",
        47002,
        Check.ESCAPES,
        Words("a body with \\uXXXX is refused", "拒绝含 \\uXXXX 的包体"),
    ),
    AccountState(
        "no_escaped_names",
        40033,
        Check.ESCAPES,
        Words("a name or remark with \\uXXXX is refused", "拒绝含 \\uXXXX 的名字或备注"),
        mark=Mark.WIRE,
        calls=NAMING_CALLS,
    ),
    AccountState(
        "secret_frozen", 40243, Check.CREDENTIALS, Words("the secret is frozen", "AppSecret 已冻结")
    ),
    AccountState(
        "no_tokens",
        50004,
        Check.CREDENTIALS,
        Words("the account may not fetch tokens", "账号被禁止获取 token"),
    ),
    AccountState(
        "component",
        61024,
        Check.CREDENTIALS,
        Words(
            "the account belongs to a third-party platform, which fetches its tokens by another call",
            "账号属于第三方平台，须用另一个接口获取 token",
        ),
    ),
    AccountState(
        "address_unregistered",
        61004,
        Check.ADDRESS,
        Words("the caller's address is not registered", "调用 IP 未登记"),
    ),
    AccountState(
        "address_pending",
        89501,
        Check.ADDRESS,
        Words("the caller's address awaits the administrator's confirmation", "调用 IP 等待管理员确认"),
    ),
    AccountState(
        "call_pending",
        89503,
        Check.ADDRESS,
        Words("the call awaits the administrator's confirmation", "本次调用等待管理员确认"),
    ),
    AccountState(
        "address_refused",
        89507,
        Check.ADDRESS,
        Words(
            "the administrator refused the address once: barred for an hour",
            "该 IP 被管理员拒绝一次：一小时内不可用",
        ),
    ),
    AccountState(
        "address_barred",
        89506,
        Check.ADDRESS,
        Words(
            "the administrator refused the address twice: barred for a day",
            "该 IP 被管理员拒绝两次：24 小时内不可用",
        ),
    ),
)

STATES: dict[State, AccountState] = {row.name: row for row in _ROWS}
"""All but `active`, in which nothing is out of the ordinary."""
