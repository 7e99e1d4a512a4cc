"""A PostgreSQL server's address, read once: where it is, and for whom, may be shown; the rest may not."""

from typing import Any
from urllib.parse import quote

from fenzu.errors import UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words

SETTINGS = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 20,
    "application_name": "fenzu",
}
"""What the address does not say itself: how long to wait for a server that is away, and who is asking."""


class Address:
    """What to connect with; `repr` shows no more than where, and who."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        host, port, name = (options.get(each) for each in ("host", "port", "dbname"))
        user = f"{quote(options['user'], safe='')}@" if options.get("user") else ""
        self.where: str = f"postgresql://{user}{host or ''}{f':{port}' if port else ''}/{name or ''}"

    def __repr__(self) -> str:
        return f"Address({self.where!r})"

    def reveal(self) -> dict[str, Any]:
        """Return what to connect with, the password among it."""
        return self._options

    def in_schema(self, schema: str) -> "Address":
        """Return the address with which one works in that schema of the same database."""
        options = f"{self._options.get('options') or ''} -csearch_path={schema}".strip()
        return Address(self._options | {"options": options})


def read_address(dsn: str) -> Address:
    """Read whatever libpq takes; raises `UsageError`, which does not show it, where it makes no sense."""
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise UsageError(
            Words("PostgreSQL needs the library psycopg", "使用 PostgreSQL 需要 psycopg 库"),
            install("postgres"),
        ) from None
    try:
        options = SETTINGS | conninfo_to_dict(dsn)
    except psycopg.Error:
        options = None
    del dsn  # it may hold a password, and tracebacks may show locals
    if options is None:
        raise UsageError(
            Words("the address of the PostgreSQL server makes no sense", "PostgreSQL 服务器的地址不正确"),
            Words(
                "give postgresql://USER:PASSWORD@HOST/NAME, special characters as %XX",
                "请给出 postgresql://USER:PASSWORD@HOST/NAME，特殊字符写成 %XX",
            ),
        )
    return Address(options)
