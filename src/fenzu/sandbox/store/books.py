"""The writer's hands: reads the rows that a group of requests concerns at once, and writes what they changed at once.

It keeps what every request of an account needs (its groups, its tokens) between groups of requests, and forgets all of
that when a commit fails. Runs on the writer's thread; knows no rule.
"""

from collections.abc import Iterable

import msgspec

from fenzu.sandbox.rules.requests import Labelling, Move, Request, openids_of
from fenzu.sandbox.rules.rows import GroupRow, Ledger, Member, Note, TokenRow
from fenzu.sandbox.store import sql
from fenzu.sandbox.store.database import Connection
from fenzu.sandbox.store.overlay import Overlay

KEPT_ACCOUNTS = 1_000

_decode_members = msgspec.json.Decoder(dict[str, Member]).decode
_decode_notes = msgspec.json.Decoder(dict[str, Note]).decode
_decode_openids = msgspec.json.Decoder(frozenset[str]).decode


def read_members(connection: Connection, account: int, openids: tuple[str, ...]) -> dict[str, Member]:
    """Return those of the openids who follow."""
    return _decode_members(connection.execute(sql.MEMBERS, (account, connection.texts(openids))).get)


def read_notes(connection: Connection, account: int, openids: tuple[str, ...]) -> dict[str, Note]:
    """Return the notes of those of the openids who have one."""
    return _decode_notes(connection.execute(sql.NOTES, (account, connection.texts(openids))).get)


def write_notes(connection: Connection, account: int, notes: dict[int, Note]) -> None:
    """Write notes by the followers' numbers; an empty one goes."""
    kept = [
        (number, msgspec.json.encode(note.tags).decode(), note.remark)
        for number, note in notes.items()
        if any(note)
    ]
    if kept:
        connection.execute(sql.SET_NOTES, (account, connection.table(kept)))
    if len(kept) < len(notes):
        empty = [number for number, note in notes.items() if not any(note)]
        connection.execute(sql.DELETE_NOTES, (account, connection.numbers(empty)))


def write_taggings(connection: Connection, account: int, taggings: dict[tuple[int, int], bool]) -> None:
    """Write who carries which tag from now on, by tag and number."""
    for statement, wanted in ((sql.ADD_TAGGINGS, True), (sql.DELETE_TAGGINGS, False)):
        keys = sorted(tag << 32 | number for (tag, number), carried in taggings.items() if carried == wanted)
        if keys:
            connection.execute(statement, (account, connection.numbers(keys)))


class Books:
    """Overlays of the accounts that are being written to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[int, Overlay] = {}

    def forget(self) -> None:
        """Forget what was read: a commit failed, or somebody else wrote."""
        self._kept.clear()

    def read(self, requests: Iterable[Request]) -> dict[int, Overlay]:
        """Return the overlays of the accounts that exist, with all rows that the requests concern."""
        wanted: dict[int, set[str]] = {}
        labelled: dict[int, set[str]] = {}
        for request in requests:
            openids = wanted.setdefault(request.account, set())
            if isinstance(request, Move):
                openids.update(request.openids)
            elif isinstance(request, Labelling):
                openids.update(openids_of(request))
                labelled.setdefault(request.account, set()).update(openids_of(request))
        if len(self._kept) > KEPT_ACCOUNTS:
            self._kept.clear()
        overlays = {}
        for account, openids in sorted(wanted.items()):  # in one order for all, where reading locks
            overlay = self._kept.get(account) or self._read_account(account)
            if overlay is None:
                continue
            if openids:
                overlay.members = self._read_members(account, openids)
            if account in labelled:
                self._read_labels(overlay, labelled[account])
            overlays[account] = self._kept[account] = overlay
        return overlays

    def write(self, overlays: Iterable[Overlay]) -> None:
        """Write what changed; the transaction is the caller's."""
        for overlay in overlays:
            account = overlay.account
            self._write_members(account, overlay.moved)
            self._write_groups(overlay)
            self._write_tokens(overlay)
            if overlay.labels.is_changed:
                self._write_labels(overlay)
            if overlay.clears_quota:
                self._connection.execute(sql.CLEAR_USAGE, (account,))
            if overlay.ledger_changed:
                self._connection.execute(sql.SET_LEDGER, (*overlay.ledger, account))

    def _read_account(self, account: int) -> Overlay | None:
        execute = self._connection.execute
        ledger = execute(sql.LEDGER, (account,)).fetchone()
        if ledger is None:
            return None
        groups = {row[0]: GroupRow(*row) for row in execute(sql.GROUPS, (account,))}
        tokens = [TokenRow(*row) for row in execute(sql.ACCOUNT_TOKENS, (account,))]
        return Overlay(account, Ledger(*ledger), groups, tokens)

    def _read_labels(self, overlay: Overlay, openids: set[str]) -> None:
        account, labels = overlay.account, overlay.labels
        if not labels.tags:
            rows = self._connection.execute(sql.TAGS, (account,))
            labels.tags = {row[0]: GroupRow(*row) for row in rows}
        if openids:
            labels.notes = read_notes(self._connection, account, tuple(openids))
        if missing := openids - overlay.members.keys():
            found = self._connection.execute(
                sql.ELSEWHERE, (account, self._connection.texts(tuple(missing)))
            ).get
            labels.elsewhere = _decode_openids(found)

    def _write_labels(self, overlay: Overlay) -> None:
        account, labels, members = overlay.account, overlay.labels, overlay.members
        for id_ in sorted(labels.changed_tags):
            if id_ in labels.tags:
                self._connection.execute(sql.SET_TAG, (account, *labels.tags[id_]))
            else:
                self._connection.execute(sql.DELETE_TAGGINGS_OF, (account, id_))
                self._connection.execute(sql.DELETE_TAG, (account, id_))
        notes = {members[openid][0]: labels.notes[openid] for openid in labels.changed_notes}
        write_notes(self._connection, account, dict(sorted(notes.items())))
        write_taggings(self._connection, account, labels.changed_taggings)

    def _read_members(self, account: int, openids: set[str]) -> dict[str, Member]:
        return read_members(self._connection, account, tuple(openids))

    def _write_members(self, account: int, moved: dict[int, int]) -> None:
        if moved:
            packed = self._connection.numbers([number << 32 | moved[number] for number in sorted(moved)])
            self._connection.execute(sql.SET_MEMBERSHIPS, (account, packed))

    def _write_groups(self, overlay: Overlay) -> None:
        account, groups, changed = overlay.account, overlay.groups, sorted(overlay.changed_groups)
        kept = [(account, *groups[id_]) for id_ in changed if id_ in groups]
        if kept:
            self._connection.executemany(sql.SET_GROUP, kept)
        if len(kept) < len(changed):
            gone = [(account, id_) for id_ in changed if id_ not in groups]
            self._connection.executemany(sql.DELETE_GROUP, gone)

    def _write_tokens(self, overlay: Overlay) -> None:
        account = overlay.account
        for (kind, serial), token in overlay.changed_tokens.items():
            if token is None:
                self._connection.execute(sql.DELETE_TOKEN, (account, kind, serial))
            else:
                self._connection.execute(sql.SET_TOKEN, token)
