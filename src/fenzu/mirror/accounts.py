"""Which accounts a database keeps mirrors of."""

from typing import NamedTuple

from fenzu.database import Database
from fenzu.database.formats import version_of
from fenzu.mirror._tables import NAME


class KeptAccount(NamedTuple):
    """An account, and the address of its platform."""

    base_url: str
    appid: str


def kept_accounts(database: Database) -> list[KeptAccount]:
    """List them by address and appid; none where there are no mirrors."""
    if not version_of(database, NAME):
        return []
    found = database.rows("SELECT base_url, appid FROM mirror_account ORDER BY base_url, appid")
    return [KeptAccount(str(base_url), str(appid)) for base_url, appid in found]
