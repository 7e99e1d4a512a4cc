"""What the control port takes and gives, as frozen values. Knows no HTTP."""

from collections.abc import Mapping, Sequence

import msgspec

from fenzu.errors import FenzuError
from fenzu.wire.words import Words


class GroupSeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group to begin with: 0, 1 or 2, or one of the account's own; `followers` by number or by openid."""

    name: str
    id: int | None = None
    followers: int | Sequence[str] = 0


class TagSeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tag to begin with. Those of its `followers` who do not follow yet follow; a number makes up so many more."""

    name: str
    id: int | None = None
    followers: int | Sequence[str] = 0


class Health(msgspec.Struct, frozen=True):
    """What the sandbox says of itself."""

    ready: bool
    version: str
    rules: str
    accounts: int
    store: str | None


class Account(msgspec.Struct, frozen=True):
    """An account of the sandbox: how many follow it, how many groups it has (the reserved three included).

    `kind` is ordinary, test or large; `state` is active, or another of docs/reference/codes.md.
    `calls` tells by name (`groups.move`, `token.stable`) how many calls the account has made since the sandbox was
    started.
    """

    appid: str
    kind: str
    followers: int
    groups: int
    whitelist: tuple[str, ...] = ()
    state: str = "active"
    calls: Mapping[str, int] = {}


class NewAccount(Account, frozen=True, kw_only=True):
    """An account just made; the only one that tells its secret. `repr` leaves it out."""

    secret: str

    def __repr__(self) -> str:
        return f"NewAccount(appid={self.appid!r}, followers={self.followers})"


class ControlError(FenzuError):
    """The control port refused: its HTTP status, a word for programs (`code`), a sentence for people.

    That is in English (`message`) and in Chinese (`message_zh`; English too where the sandbox is an older one).
    """

    def __init__(self, status: int, code: str, message: str, message_zh: str = "") -> None:
        message_zh = message_zh or message
        super().__init__(
            Words(
                f"the sandbox refused ({status} {code}): {message}",
                f"沙箱拒绝了请求（{status} {code}）：{message_zh}",
            )
        )
        self.status = status
        self.code = code
        self.message = message
        self.message_zh = message_zh

    def __reduce__(self) -> tuple[type["ControlError"], tuple[int, str, str, str]]:
        return type(self), (self.status, self.code, self.message, self.message_zh)
