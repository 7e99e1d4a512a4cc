"""What the event loop reads: points and pages by prepared statements, never waiting for the writer."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import cast

import msgspec

from fenzu.sandbox.calls.desk import Card
from fenzu.sandbox.rules.rows import NO_NOTE, GroupRow, Note, TokenRow
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.wire.limits import PAGE_OPENIDS

_decode_tags = msgspec.json.Decoder(tuple[int, ...]).decode


def _present(note: str, there: AbstractSet[int]) -> tuple[int, ...]:
    """Return the tags in a note without those that are gone from the account."""
    return tuple(tag for tag in _decode_tags(note) if tag in there)


class Reader:
    """Reads through one connection, on one thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    def moment(self) -> AbstractContextManager[object]:
        """Let all that is read in a `with` block be of one moment, whatever is written meanwhile."""
        return self._connection.moment()

    def hold(self) -> None:
        """Go on reading what is there now, whatever is written, until `release`."""
        self._execute("BEGIN")
        self._execute(sql.NUMBER_OF_ACCOUNTS).fetchall()  # it is the first read that fixes the moment

    def release(self) -> None:
        """Read what is written by now; without `hold` it does nothing."""
        if not self._connection.is_idle:
            self._connection.commit()

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

    def profiles(self, account: int, openids: list[str]) -> dict[str, tuple[int, int, Note]]:
        """Return since when they follow, their group, and their tags and remark, of those who do."""
        found = self._execute(sql.PROFILES, (account, self._connection.texts(openids)))
        rows = cast("list[tuple[str, int, int, str, str]]", found.fetchall())
        there = {tag.id for tag in self.tags(account)} if any(row[3] for row in rows) else frozenset[int]()
        return {
            openid: (since, group, Note(_present(tags, there), remark) if tags else NO_NOTE)
            for openid, since, group, tags, remark in rows
        }

    def tags(self, account: int) -> list[GroupRow]:
        """Return the tags of an account by rising id."""
        return [GroupRow(*row) for row in self._execute(sql.TAGS, (account,))]

    def has_tag(self, account: int, tag: int) -> bool:
        """Tell whether the account has the tag."""
        return self._execute(sql.TAG_EXISTS, (account, tag)).get is not None

    def tags_of(self, account: int, openid: str) -> tuple[int, ...] | None:
        """Return a follower's tags in the order in which they were given, None for somebody who does not follow."""
        text: str | None = self._execute(sql.TAGS_OF, (account, openid)).get
        if not text:
            return None if text is None else ()
        return _present(text, {tag.id for tag in self.tags(account)})

    def tag_page(self, account: int, tag: int, after: int) -> tuple[str, int]:
        """Return up to 10,000 openids that carry a tag, as `page` does."""
        text, count = self._execute(sql.TAG_PAGE, (account, tag, after, PAGE_OPENIDS)).get
        return text, count

    def blacklist_page(self, account: int, after: int) -> tuple[str, int]:
        """Return up to 10,000 openids of group 1, as `page` does."""
        text, count = self._execute(sql.BLACKLIST_PAGE, (account, after, PAGE_OPENIDS)).get
        return text, count

    def blacklisted(self, account: int) -> int:
        """Return how many are in group 1."""
        return int(self._execute(sql.BLACKLIST_COUNT, (account,)).get)

    def follows_elsewhere(self, account: int, openid: str) -> bool:
        """Tell whether somebody follows another account of this sandbox."""
        return bool(self._execute(sql.ELSEWHERE, (account, self._connection.texts((openid,)))).get != "[]")

    def accounts(self) -> Iterator[Card]:
        """Return all accounts by the order in which they were made."""
        for number, appid, secret, kind, state, whitelist in self._execute(sql.ACCOUNTS):
            yield Card(
                number, appid, secret, kind or None, state, msgspec.json.decode(whitelist, type=list[str])
            )

    def tokens(self) -> list[TokenRow]:
        """Return all tokens that are kept."""
        return [TokenRow(*row) for row in self._execute(sql.TOKENS)]
