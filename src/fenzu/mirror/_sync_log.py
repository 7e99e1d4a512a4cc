"""How far a sync has come, written in the same transactions as what it has found: so it goes on where it was."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import StoreError
from fenzu.mirror._account import Account, listing
from fenzu.mirror._arrivals import arrive, let_go
from fenzu.mirror._compare import Compared, Known, compare, gaps
from fenzu.mirror._statements import whole
from fenzu.model import OpenID, Page
from fenzu.wire.words import Words

Stage: TypeAlias = Literal["pages", "groups", "profiles", "done"]


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
        """Go on with the sync that was stopped, or begin one; asking anew goes as far as either wants."""
        with self._account.transaction():
            state = self.read()
            if state is not None and state.stage != "done":
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

    def take_page(self, before: State, page: Page, *, is_last: bool) -> tuple[State, Compared]:
        """Write down whom a page shows, and where the next one begins."""
        with self._account.transaction():
            if self.read() != before:
                raise _somebody_else(self._database.where)
            compared = compare(page.openids, self._known(page.openids), before.newest, before.reached)
            revision = self._account.next_revision()
            if compared.arrived:
                arrive(self._account, compared.arrived, compared.back, revision)
            self._database.run_many(
                "INSERT INTO mirror_seen (account, first, last) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(self._account.id, first, last) for first, last in compared.seen],
            )
            state = msgspec.structs.replace(
                before,
                stage="groups" if is_last else "pages",
                after=None if is_last else page.next,
                paged=before.paged + len(page.openids),
                total=max(before.total, page.total),
                reached=compared.reached,
            )
            self._write(state)
            return state, compared

    def step_back(self, before: State, at: float) -> State:
        """Note as gone whom the next page would begin behind, and begin behind the one before."""
        assert before.after is not None
        with self._account.transaction():
            let_go(self._account, [before.after], self._account.next_revision(), at)
            found = self._database.rows(
                "SELECT openid FROM mirror_follower WHERE account = ? AND gone_at IS NULL AND number < "
                "(SELECT number FROM mirror_follower WHERE account = ? AND openid = ?) ORDER BY number DESC LIMIT 1",
                [self._account.id, self._account.id, before.after],
            )
            state = msgspec.structs.replace(before, after=OpenID(str(found[0][0])) if found else None)
            self._write(state)
            return state

    def let_go(self, state: State, at: float) -> int:
        """Note as gone who was on no page, and return how many; whoever was heard of since the sync began stays."""
        with self._account.transaction():
            before = self._gone()
            revision = self._account.next_revision()
            self._database.run_many(
                "UPDATE mirror_follower SET gone_at = ?, revision = ? WHERE account = ? "
                "AND number BETWEEN ? AND ? AND gone_at IS NULL AND COALESCE(seen_at, 0) <= ?",
                [
                    (at, revision, self._account.id, first, last, state.started_at)
                    for first, last in gaps(self._seen(), state.newest)
                ],
            )
            self._database.run("DELETE FROM mirror_seen WHERE account = ?", [self._account.id])
            return self._gone() - before

    def enter(self, state: State, stage: Stage, ended_at: float | None = None) -> State:
        """Write down that the next stage begins."""
        state = msgspec.structs.replace(state, stage=stage, ended_at=ended_at)
        self._write(state)
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

    def _gone(self) -> int:
        [(gone,)] = self._database.rows(
            f"SELECT COUNT(*) FROM {self._account.gone} WHERE account = ? AND gone_at IS NOT NULL",
            [self._account.id],
        )
        return whole(gone)

    def _write(self, state: State) -> None:
        assigned = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)
        self._database.run(
            f"INSERT INTO mirror_sync (account, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)}) "
            f"ON CONFLICT (account) DO UPDATE SET {assigned}",
            [self._account.id, *msgspec.structs.astuple(state)],
        )


def _asked(state: State) -> tuple[str, list[float]]:
    if state.ask_before is None:
        return "group_id IS NULL AND gone_at IS NULL", []
    return "gone_at IS NULL AND (group_id IS NULL OR COALESCE(seen_at, 0) < ?)", [state.ask_before]


def _somebody_else(where: str) -> StoreError:
    return StoreError(
        Words(f"another sync is at work in {where}", f"另一个同步正在使用 {where}"),
        Words("let one of them end, then go on with the same command", "等其中一个结束后，用同一命令继续"),
    )
