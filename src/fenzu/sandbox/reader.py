"""What the event loop reads: points and pages by prepared statements, never waiting for the writer."""

from collections.abc import Iterator

import apsw
import msgspec

from fenzu.sandbox import sql
from fenzu.sandbox.desk import Card
from fenzu.sandbox.rows import GroupRow, TokenRow
from fenzu.wire.limits import PAGE_OPENIDS


class Reader:
    """Reads through one connection, on one thread."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._execute = connection.execute

    def group_of(self, account: int, openid: str) -> int | None:
        """Return the group of a follower, None for somebody who does not follow."""
        group: int | None = self._execute(sql.GROUP_OF, (account, openid)).get
        return group

    def groups(self, account: int) -> list[GroupRow]:
        """Return the groups of an account by rising id."""
        return [GroupRow(*row) for row in self._execute(sql.GROUPS, (account,))]

    def total(self, account: int) -> int:
        """Return how many follow."""
        return int(self._execute(sql.TOTAL, (account,)).get)

    def number_of(self, account: int, openid: str) -> int | None:
        """Return a follower's number in follow order."""
        number: int | None = self._execute(sql.NUMBER_OF, (account, openid)).get
        return number

    def page(self, account: int, after: int) -> tuple[str, int]:
        """Return up to 10,000 openids after a number, as a JSON list, and how many they are."""
        text, count = self._execute(sql.PAGE, (account, after, PAGE_OPENIDS)).get
        return text, count

    def profiles(self, account: int, openids: list[str]) -> dict[str, tuple[int, int]]:
        """Return since when they follow and their group, of those who do."""
        rows = self._execute(sql.PROFILES, (account, apsw.carray(tuple(openids))))
        return {openid: (since, group) for openid, since, group in rows}

    def accounts(self) -> Iterator[Card]:
        """Return all accounts by the order in which they were made."""
        for number, appid, secret, kind, state, whitelist in self._execute(sql.ACCOUNTS):
            yield Card(number, appid, secret, kind, state, msgspec.json.decode(whitelist, type=list[str]))

    def tokens(self) -> list[TokenRow]:
        """Return all tokens that are kept."""
        return [TokenRow(*row) for row in self._execute(sql.TOKENS)]
