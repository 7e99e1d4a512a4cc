"""Where a PostgreSQL store is: the address as libpq takes it, and as it may be told to anybody."""

from typing import Any, TypeAlias

import psycopg
import psycopg.conninfo

from fenzu.errors import StoreError
from fenzu.wire.words import Words

Settings: TypeAlias = dict[str, Any]

DEFAULTS: Settings = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "application_name": "fenzu sandbox",
}
"""What the address does not say itself: how long to wait for a server that is away, and who is asking."""


class Address:
    """A server and a database on it. Its `repr` and `name` are without the password, which `reveal` alone tells."""

    def __init__(self, address: str) -> None:
        try:
            settings: Settings | None = DEFAULTS | psycopg.conninfo.conninfo_to_dict(address)
        except psycopg.Error:
            settings = None  # so that our error is raised outside: libpq's may quote the password
        if settings is None:
            raise _no_address()
        self._settings = settings
        host, port, database = (settings.get(each) for each in ("host", "port", "dbname"))
        self.name = f"postgresql://{host or ''}{f':{port}' if port else ''}/{database or ''}"

    def __repr__(self) -> str:
        return f"Address({self.name!r})"

    @property
    def names_schema(self) -> bool:
        """Tell whether the address says itself where the tables are."""
        return "search_path" in str(self._settings.get("options", ""))

    def reveal(self) -> Settings:
        """Return what to connect with, password and all."""
        return self._settings


def _no_address() -> StoreError:
    return StoreError(
        Words("the address of the PostgreSQL server makes no sense", "PostgreSQL 服务器的地址不正确"),
        Words(
            "give postgresql://USER:PASSWORD@HOST/NAME, special characters as %XX",
            "请给出 postgresql://USER:PASSWORD@HOST/NAME，特殊字符写成 %XX",
        ),
    )
