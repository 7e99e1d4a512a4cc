"""How far a sync has come, written in the same transactions as what it has found: so it goes on where it was."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import MirrorInUse
from fenzu.mirror._account import Account, listing
from fenzu.mirror._arrivals import arrive
from fenzu.mirror._compare import FEW, Compared, Known, compare, gaps
from fenzu.mirror._statements import whole
from fenzu.model import OpenID, Page
from fenzu.wire.words import Words

Stage: TypeAlias = Literal["pages", "groups", "profiles", "done"]
TRAIL = 8
"""So many openids that were listed last are kept, to go on behind an earlier one."""
RANGES = 100
"""So many stretches of numbers are looked through by one statement."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sync is. `ask_before` asks again what was learnt before that time; None asks only what is not known."""

    started_at: float
    ended_at: float | None = None
    stage: Stage = "pages"
    after: OpenID | None = None
    paged: int = 0
    """Openids on the pages so far."""
    total: int = 0
    """Followers as the pages told, at most."""
    newest: int = 0
    reached: int = 0
    ask_before: float | None = None
    trail: str = ""
    """Who was listed last, up to `after`, with spaces between."""
    longest: int = 0
    """Openids on the longest page so far."""
    stirred: int = 0
    """1 where the list may have changed between the pages: then they may lack somebody who follows."""
    sure: int | None = None
    """Where the pages came to no good end: whoever is not on them has left only if their number is no higher."""


_COLUMNS = State.__struct_fields__


class SyncLog:
    """The last sync of an account. Each method is a transaction."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._database = account.database

    def read(self) -> State | None:
        """Return how the last sync stands; None if there was none."""
        found = self._database.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM mirror_sync WHERE account = ?", [self._account.id]
        )
        return msgspec.convert(dict(zip(_COLUMNS, found[0], strict=True)), State) if found else None

    def calls(self) -> dict[str, int]:
        """Return what the last sync has sent, by fenzu's name of the call."""
        found = self._database.rows(
            "SELECT call, n FROM mirror_calls WHERE account = ? ORDER BY call", [self._account.id]
        )
        return {str(call): whole(n) for call, n in found}

    def begin(self, at: float, ask_before: float | None) -> State:
        """Go on with the sync that was stopped, or begin one; asking anew goes as far as either wants.

        Where the mirror became untrue since, a new one begins, and asks for all that was learnt before.
        """
        with self._account.transaction():
            state, untrue = self.read(), self._untrue(at)
            if untrue is not None:
                ask_before = max(ask_before or untrue, untrue)
            is_of_before = state is not None and untrue is not None and state.started_at < untrue
            if state is not None and state.stage != "done" and not is_of_before:
                if ask_before is not None:
                    state = msgspec.structs.replace(
                        state, ask_before=max(ask_before, state.ask_before or ask_before)
                    )
            else:
                state = State(started_at=at, newest=self._account.value("last_number"), ask_before=ask_before)
                for table in ("mirror_seen", "mirror_calls"):
                    self._database.run(f"DELETE FROM {table} WHERE account = ?", [self._account.id])
            self._write(state)
            return state

    def take_page(self, before: State, page: Page, *, is_end: bool, is_amiss: bool) -> tuple[State, Compared]:
        """Write down whom a page shows, and where the next one begins."""
        with self._account.transaction():
            self._check(before)
            compared = compare(page.openids, self._known(page.openids), before.newest, before.reached)
            revision = self._account.next_revision()
            if compared.arrived:
                arrive(self._account, compared.arrived, compared.back, revision)
            self._database.run_many(
                "INSERT INTO mirror_seen (account, first, last) VALUES (?, ?, ?) ON CONFLICT (account, first) "
                "DO UPDATE SET last = excluded.last WHERE mirror_seen.last < excluded.last",
                [(self._account.id, first, last) for first, last in compared.seen],
            )
            state = turned(before, page, compared, is_end=is_end, is_amiss=is_amiss)
            self._write(state)
            return state, compared

    def step_back(self, before: State) -> State | None:
        """Begin the next page behind the one before in the trail; None where the trail leads back no further."""
        with self._account.transaction():
            self._check(before)
            *trail, last = before.trail.split() or [""]
            if not trail:
                return None
            known = self._known([last]).get(last)
            is_older = known is not None and known.number <= min(before.newest, before.reached)
            state = msgspec.structs.replace(
                before,
                after=OpenID(trail[-1]),
                trail=" ".join(trail),
                paged=before.paged - 1,
                reached=known.number - 1 if known is not None and is_older else before.reached,
                stirred=1,
            )
            self._write(state)
            return state

    def restart(self, before: State) -> State:
        """Begin with the first page again. Whom the pages have shown stays seen."""
        with self._account.transaction():
            self._check(before)
            state = msgspec.structs.replace(
                before, after=None, trail="", paged=0, total=0, reached=0, stirred=1
            )
            self._write(state)
            return state

    def doubtful(self, state: State, lost: Sequence[str]) -> list[tuple[int, OpenID]]:
        """Return who is to be asked for before they count as gone, and who of `lost` may have left, by number.

        Where the list has not changed between the pages nobody is, and where they are more than a few only those at
        the end of the list.
        """
        found: list[tuple[int, OpenID]] = []
        if state.stirred:
            found = self._unseen(state, 0)
            if len(found) > FEW:
                found = self._unseen(state, state.reached)
        known = self._known(lost)
        also = [
            (known[openid].number, OpenID(openid))
            for openid in lost
            if openid in known and known[openid].follows and known[openid].number <= state.newest
        ]
        return sorted({*(found if len(found) <= FEW else []), *also})

    def see(self, before: State, numbers: Iterable[int]) -> None:
        """Note of some that were asked for that they follow, if they do."""
        with self._account.transaction():
            self._check(before)
            self._database.run_many(
                "INSERT INTO mirror_seen (account, first, last) SELECT account, number, number FROM mirror_follower "
                "WHERE account = ? AND number = ? AND gone_at IS NULL ON CONFLICT DO NOTHING",
                [(self._account.id, number) for number in numbers],
            )

    def let_go(self, state: State, at: float) -> None:
        """Note as gone who was on no page; whoever was heard of since the sync began stays."""
        sure = state.newest if state.sure is None else min(state.sure, state.newest)
        with self._account.transaction():
            self._check(state)
            revision = self._account.next_revision()
            self._database.run_many(
                "UPDATE mirror_follower SET gone_at = ?, revision = ? WHERE account = ? "
                "AND number BETWEEN ? AND ? AND gone_at IS NULL AND COALESCE(seen_at, 0) <= ?",
                [
                    (at, revision, self._account.id, first, last, state.started_at)
                    for first, last in gaps(self._seen(), sure)
                ],
            )
            self._database.run("DELETE FROM mirror_seen WHERE account = ?", [self._account.id])

    def enter(self, state: State, stage: Stage, ended_at: float | None = None) -> State:
        """Write down that the next stage begins."""
        with self._account.transaction():
            self._check(state)
            state = msgspec.structs.replace(state, stage=stage, ended_at=ended_at)
            self._write(state)
            if stage == "done":
                self._database.run(
                    "UPDATE mirror_account SET invalid_since = NULL WHERE account = ? AND invalid_since <= ?",
                    [self._account.id, state.started_at],
                )
            return state

    def count(self, calls: Mapping[str, int]) -> None:
        """Add calls to those that were sent."""
        self._database.run_many(
            "INSERT INTO mirror_calls (account, call, n) VALUES (?, ?, ?) "
            "ON CONFLICT (account, call) DO UPDATE SET n = mirror_calls.n + excluded.n",
            [(self._account.id, call, n) for call, n in calls.items()],
        )

    def to_ask(self, state: State) -> int:
        """Return how many profiles are to be asked for."""
        condition, values = _asked(state)
        [(n,)] = self._database.rows(
            f"SELECT COUNT(*) FROM {self._table(state)} WHERE account = ? AND {condition}",
            [self._account.id, *values],
        )
        return whole(n)

    def whom_to_ask(self, state: State, after: int, limit: int) -> list[tuple[int, OpenID]]:
        """Return number and openid of the first of them above a number."""
        condition, values = _asked(state)
        found = self._database.rows(
            f"SELECT number, openid FROM {self._table(state)} WHERE account = ? AND number > ? AND {condition} "
            "ORDER BY number LIMIT ?",
            [self._account.id, after, *values, limit],
        )
        return [(whole(number), OpenID(str(openid))) for number, openid in found]

    def _untrue(self, now: float) -> float | None:
        """Return since when the mirror is not true; a clock that was put back may not hold syncs up for ever."""
        since = self._account.invalid_since
        if since is None or since <= now:
            return since
        self._database.run(
            "UPDATE mirror_account SET invalid_since = ? WHERE account = ?", [now, self._account.id]
        )
        return now

    def _table(self, state: State) -> str:
        return self._account.unknown if state.ask_before is None else "mirror_follower"

    def _known(self, openids: Sequence[str]) -> dict[str, Known]:
        found = self._database.rows(
            f"SELECT openid, number, gone_at FROM {self._account.by_openid} "
            f"WHERE account = ? AND {self._account.listed}",
            [self._account.id, listing(openids)],
        )
        return {str(openid): Known(whole(number), gone_at is None) for openid, number, gone_at in found}

    def _seen(self) -> Iterator[tuple[int, int]]:
        found = self._database.rows(
            "SELECT first, last FROM mirror_seen WHERE account = ? ORDER BY first", [self._account.id]
        )
        return ((whole(first), whole(last)) for first, last in found)

    def _unseen(self, state: State, above: int) -> list[tuple[int, OpenID]]:
        """Return who would count as gone and has a number above that one: all of them if they are few, or some more."""
        found: list[tuple[int, OpenID]] = []
        stretches = (
            (max(first, above + 1), last) for first, last in gaps(self._seen(), state.newest) if last > above
        )
        while some := list(islice(stretches, RANGES)):
            rows = self._database.rows(
                "SELECT number, openid FROM mirror_follower WHERE account = ? AND gone_at IS NULL "
                f"AND COALESCE(seen_at, 0) <= ? AND ({' OR '.join(['number BETWEEN ? AND ?'] * len(some))}) LIMIT ?",
                [self._account.id, state.started_at, *chain.from_iterable(some), FEW + 1],
            )
            found += [(whole(number), OpenID(str(openid))) for number, openid in rows]
            if len(found) > FEW:
                break
        return found

    def _check(self, state: State) -> None:
        """Refuse to go on where another sync has gone on."""
        if self.read() != state:
            raise somebody_else(self._database.where)

    def _write(self, state: State) -> None:
        assigned = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)
        self._database.run(
            f"INSERT INTO mirror_sync (account, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)}) "
            f"ON CONFLICT (account) DO UPDATE SET {assigned}",
            [self._account.id, *msgspec.structs.astuple(state)],
        )


class Doubtful(SyncLog):
    """The log of a sync, of which only some are to be asked for."""

    def __init__(self, account: Account, doubtful: Sequence[tuple[int, OpenID]]) -> None:
        super().__init__(account)
        self._doubtful = doubtful

    def whom_to_ask(self, state: State, after: int, limit: int) -> list[tuple[int, OpenID]]:
        """Return number and openid of the first of them above a number."""
        return [(number, openid) for number, openid in self._doubtful if number > after][:limit]


def turned(before: State, page: Page, compared: Compared, *, is_end: bool, is_amiss: bool) -> State:
    """Return how the sync stands behind a page.

    The pages are at their end also where they have shown as many as follow. But if somebody came, others may have come
    back behind them who would be missed: so one more page is asked for, unless this one is short or the only one.
    """
    paged = before.paged + len(page.openids)
    is_only = before.after is None and paged >= page.total
    is_whole = paged >= max(before.total, page.total)
    is_short = is_only or len(page.openids) < before.longest
    is_last = is_end or (is_whole and (is_short or not before.newest or not compared.arrived))
    lacking = page.total - paged if is_last else 0
    has_changed = bool(compared.arrived) or before.total not in (0, page.total) or (is_last and lacking != 0)
    sure = before.sure
    if is_amiss or lacking > 0:
        # Few may be lacking for good, by a count of the platform's that is off; many have been passed over.
        reached = min(before.reached if is_amiss else compared.reached, before.newest)
        sure = min(reached if lacking <= FEW else 0, reached if sure is None else sure)
    return msgspec.structs.replace(
        before,
        stage="groups" if is_last else "pages",
        after=None if is_last else page.next,
        paged=paged,
        total=max(before.total, page.total),
        reached=compared.reached,
        trail=" ".join([*before.trail.split(), *page.openids[-TRAIL:]][-TRAIL:]),
        longest=max(before.longest, len(page.openids)),
        stirred=int(not is_only and (bool(before.stirred) or has_changed)),
        sure=sure,
    )


def _asked(state: State) -> tuple[str, list[float]]:
    if state.ask_before is None:
        return "group_id IS NULL AND gone_at IS NULL", []
    return "gone_at IS NULL AND (group_id IS NULL OR COALESCE(seen_at, 0) < ?)", [state.ask_before]


def somebody_else(where: str) -> MirrorInUse:
    """Return what says that there may be only one sync of a mirror at a time."""
    return MirrorInUse(
        Words(f"another sync is at work in {where}", f"另一个同步正在使用 {where}"),
        Words(
            "wait until it has ended; the same command goes on where it was",
            "请等它结束，同一命令会从原处继续",
        ),
    )
