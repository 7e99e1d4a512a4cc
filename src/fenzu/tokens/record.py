"""How a token is written where other programs and other releases of fenzu read it. It knows no place to write to."""

import msgspec

from fenzu.errors import StoreError, UsageError
from fenzu.tokens import StoredToken, TokenKey
from fenzu.wire.words import Words

FORMAT = 1
"""Goes up when an older fenzu could misread what a newer one writes; what is older stays readable."""


class Record(msgspec.Struct, frozen=True):
    """A token as it is written. `repr` does not show it."""

    value: str
    asked_at: float
    renew_at: float
    expires_at: float
    format: int = FORMAT

    def __repr__(self) -> str:
        return f"Record(expires_at={self.expires_at:.0f})"

    @classmethod
    def of(cls, token: StoredToken) -> "Record":
        """Make the record of a token."""
        return cls(token.value, token.asked_at, token.renew_at, token.expires_at)

    def token(self) -> StoredToken:
        """Return the token that was written."""
        return StoredToken(self.value, self.asked_at, self.renew_at, self.expires_at)


class _Head(msgspec.Struct, frozen=True):
    format: int


def name_of(key: TokenKey) -> str:
    """Return the one text that stands for a key wherever a store wants one."""
    return f"{key.kind}|{key.appid}|{key.base_url}"


def encode(token: StoredToken) -> bytes:
    """Write a token as JSON."""
    return msgspec.json.encode(Record.of(token))


def decode(text: object, where: str) -> StoredToken | StoreError | None:
    """Read what `encode` wrote; None stays None. An error is returned, to be raised where no frame holds the text."""
    if text is None:
        return None
    if not isinstance(text, bytes | str):
        return not_ours(where)
    error = foreign_format(text, where)
    if error is not None:
        return error
    try:
        return msgspec.json.decode(text, type=Record).token()
    except (msgspec.MsgspecError, UnicodeError):
        return not_ours(where)


def found(token: StoredToken | StoreError | None) -> StoredToken | None:
    """Return a token that was read, or raise why there is none."""
    if isinstance(token, StoreError):
        raise token
    return token


def foreign_format(text: bytes | str, where: str) -> StoreError | None:
    """Return the error for what a newer fenzu has written, or something that is not fenzu; else None."""
    try:
        number = msgspec.json.decode(text, type=_Head).format
    except (msgspec.MsgspecError, UnicodeError):
        number = 0
    if number < 1:
        return not_ours(where)
    if number == FORMAT:
        return None
    return StoreError(
        Words(
            f"{where} was written by a newer fenzu (format {number}, this one knows {FORMAT})",
            f"{where} 由更新版本的 fenzu 写入（格式 {number}，此版本只认识 {FORMAT}）",
        ),
        Words("bring fenzu up to date here, or use another place", "请升级这里的 fenzu，或换一个存放位置"),
    )


def not_ours(where: str) -> StoreError:
    """Return the error for a place that holds something else; it is left as it is."""
    return StoreError(
        Words(
            f"{where} holds no tokens of fenzu's, but something else",
            f"{where} 里不是 fenzu 的 token，而是别的内容",
        ),
        Words("name another place, or empty this one", "请换一个位置，或清空它"),
    )


def away(where: str, reason: str) -> StoreError:
    """Return the error for a store that does not answer; nothing is fetched meanwhile."""
    return StoreError(
        Words(
            f"the token store {where} is away: {reason}; no token is fetched without it, lest everybody fetch",
            f"token 存储 {where} 不可用：{reason}；为避免人人各自获取，没有它就不获取 token",
        ),
        Words(
            "bring it back, and look whether its address and password are right; then try again",
            "请恢复它，并检查地址和密码是否正确，然后再试",
        ),
    )


def lacking(store: str, package: str, how: Words) -> UsageError:
    """Return the error for a store whose library is not installed."""
    return UsageError(
        Words(f"{store} needs {package}, which is not installed", f"{store} 需要 {package}，但它没有安装"),
        how,
    )
