"""What PostgreSQL complains of, in words, without what it was told: an address may hold a password."""

import psycopg

from fenzu.errors import StoreError
from fenzu.wire.words import Words


def explain(error: Exception, name: str) -> StoreError:
    """Return what is wrong with the store `name`."""
    state = (error.sqlstate if isinstance(error, psycopg.Error) else None) or ""
    for begins, words, advice in _KNOWN:
        if state.startswith(begins):
            return StoreError(_at(name, words), advice)
    if not state and isinstance(error, psycopg.OperationalError):
        return _away(name)
    told = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    told = told or type(error).__name__
    return StoreError(
        Words(f"cannot use the store {name}: {told}", f"无法使用存储 {name}：{told}"),
        Words("look into the server's log", "请查看服务器日志"),
    )


def refused_while_connecting(error: psycopg.Error, name: str) -> StoreError:
    """Return why no connection came about. The server's reason comes as libpq's text alone, which stays here."""
    text = str(error)
    for part, state in _SAID:
        if part in text:
            return explain(_Stated(state), name)
    return explain(error, name)


class _Stated(psycopg.OperationalError):
    """An error whose state was read out of a text."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.sqlstate = state


_SAID = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("does not exist", "3D000"),
    ("permission denied", "42501"),
    ("too many c", "53300"),  # "connections", or "clients already" in later versions
    ("remaining connection slots", "53300"),
)
"""libpq hands on no code of what a server refuses at the door, and these are its words in English."""

_KNOWN = (
    (
        "28",
        Words("the server refuses this user or password", "服务器拒绝此用户或密码"),
        Words("check the user and the password in the address", "检查地址中的用户名和密码"),
    ),
    (
        "3D000",
        Words("there is no such database or user", "没有这个数据库或用户"),
        Words("create it: createdb NAME", "先创建：createdb NAME"),
    ),
    (
        "42501",
        Words("this user lacks rights there", "此用户权限不足"),
        Words(
            "grant it CREATE on the database, or on the schema that the address names",
            "授予它在该数据库（或地址所指模式）上的 CREATE 权限",
        ),
    ),
    (
        "53300",
        Words("the server takes no more connections", "服务器的连接数已满"),
        Words(
            "raise its max_connections: a sandbox uses up to ten",
            "调大 max_connections：一个沙箱最多用十个连接",
        ),
    ),
)


def _at(name: str, words: Words) -> Words:
    return Words(f"cannot use the store {name}: {words.en}", f"无法使用存储 {name}：{words.zh}")


def _away(name: str) -> StoreError:
    return StoreError(
        Words(f"no PostgreSQL server answers at {name}", f"{name} 没有 PostgreSQL 服务器应答"),
        Words("start it, or check host and port", "先启动它，或检查主机和端口"),
    )
