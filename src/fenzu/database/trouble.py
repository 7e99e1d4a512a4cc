"""What a PostgreSQL server's refusals mean, in words: from its code (SQLSTATE), never from its text."""

from fenzu.errors import StoreError
from fenzu.wire.words import Words

_AWAY = ("08", "57P")
"""How the codes of a server begin that goes away, or of a connection that broke."""
_REASONS: dict[str, tuple[Words, Words]] = {
    "42501": (
        Words("this user may not do that", "此用户没有权限"),
        Words(
            "grant it CREATE and USAGE on the schema, and all on the tables in it",
            "授予该用户对 schema 的 CREATE、USAGE 权限，以及其中各表的全部权限",
        ),
    ),
    "25006": (
        Words("it may only be read, as a standby", "只能读取（备库）"),
        Words("give the address of the primary server", "请给出主库的地址"),
    ),
    "53100": (
        Words("its disk is full", "磁盘已满"),
        Words("make room on the server; then try again", "请在服务器上腾出空间，然后再试"),
    ),
    "53300": (
        Words("it takes no more connections", "连接数已满"),
        Words(
            "raise max_connections, run fewer workers, or put a pooler in front",
            "调大 max_connections、减少 worker，或在前面放一个连接池",
        ),
    ),
}


def trouble(where: str, code: str | None, kind: str) -> StoreError:
    """Return the error for what the server, or the way to it, refused; `kind` is the name of the library's error."""
    if code in _REASONS:
        reason, advice = _REASONS[code]
        return StoreError(Words(f"{where}: {reason.en}", f"{where}：{reason.zh}"), advice)
    if (code is None and kind == "OperationalError") or (code is not None and code.startswith(_AWAY)):
        return lost(where)
    shown = f"{code or ''} {kind}".strip()
    return StoreError(
        Words(f"{where} does not answer as it should: {shown}", f"{where} 应答异常：{shown}"),
        Words("look into the server's log; then try again", "请查看服务器日志，然后再试"),
    )


def lost(where: str) -> StoreError:
    """The server cannot be reached, or has ended the connection in the middle of something."""
    return StoreError(
        Words(
            f"{where} cannot be reached, lets nobody in, or went away meanwhile",
            f"{where} 无法连接、拒绝登录，或中途断开",
        ),
        Words(
            "check that the server runs and lets you in; then try again",
            "确认服务器在运行且允许访问，然后再试",
        ),
    )
