"""When a token must be renewed, and by whom: one refresh per expiry, however many ask.

The client holds the token it last saw; inside, one caller alone looks further; between clients, the store lends the
right to renew. Whoever finds that the token has meanwhile been replaced takes the new one and fetches nothing.
"""

from collections.abc import Callable
from copy import copy

import msgspec

from fenzu.client._codec import TokenAnswer
from fenzu.client._flow import Alone, Flow, Sleep
from fenzu.client._lease import Lease, Shelf
from fenzu.client._retry import is_maybe_done
from fenzu.errors import ApiError, FenzuError, QuotaExceeded, StoreError, TransportError, UsageError
from fenzu.tokens import StoredToken, TokenKey, TokenStore, TokenTimes
from fenzu.wire.words import Words

BEFORE_END = 270.0
"""Ask for a new token 4 min 30 s before the end: the platform gives one within the last five minutes only."""
ASK_AGAIN = 30.0
"""The same token came back, or none: ask again after so many seconds."""
LEASE = 90.0
"""Seconds for which one client may keep the others waiting; more where its deadline lets a fetch take longer."""
LOOK_AGAIN = 0.05
"""Seconds between two looks at a store whose token another client is renewing."""


class TokenKeeper:
    """Keeps one account's token: hands it out, renews it before its end, replaces one that the platform refused.

    `fetch` is told whether to force a refresh, and whether to be patient: where the old token still works there is no
    need to keep everybody waiting. `lease` is for how many seconds this client may keep the others waiting.
    """

    def __init__(
        self,
        key: TokenKey,
        store: TokenStore,
        fetch: Callable[[bool, bool], Flow[TokenAnswer]],
        now: Callable[[], float],
        *,
        read_only: bool = False,
        lease: float = LEASE,
    ) -> None:
        self._shelf = Shelf(store, key)
        self._fetch = fetch
        self._now = now
        self._read_only = read_only
        self.lease = lease
        self._held: StoredToken | None = None
        self._failures = 0
        self._failure: Exception | None = None

    @property
    def times(self) -> TokenTimes | None:
        """When the token in hand was asked for, is renewed and ends; None where none is in hand. Looks nowhere else."""
        held = self._held
        return None if held is None else TokenTimes(held.asked_at, held.renew_at, held.expires_at)

    def current(self) -> Flow[StoredToken]:
        """Return a token that should work, fetching one if there is none or its end is near."""
        held = self._held
        if held is not None and self._now() < held.renew_at:
            return held
        token: StoredToken = yield self._alone(None)
        return token

    def replace(self, refused: StoredToken) -> Flow[bool]:
        """Ask for another token than the one that the platform refused; False if there can be none.

        The same one may come back: the platform gives a new one only when it holds the old one for ended.
        """
        if self._read_only:
            found: StoredToken | None = yield Alone(self._look(refused))
            return found is not None
        yield self._alone(refused)
        return True

    def force(self) -> Flow[StoredToken]:
        """Ask the platform to end the present token and give a new one; it does so 20 times a day, 30 s apart."""
        if self._read_only:
            raise _only_reads()
        token: StoredToken = yield self._alone(None, force=True)
        return token

    def _alone(self, refused: StoredToken | None, *, force: bool = False) -> Alone:
        return Alone(self._renew(refused, force, self._failures))

    def _renew(self, refused: StoredToken | None, force: bool, failures: int) -> Flow[StoredToken]:
        if self._failures != failures and self._failure is not None:
            # Who waited while another caller's fetch failed shares its failure: one after the other, all with their
            # own tries against a platform that is away, the last would wait for hours.
            raise copy(self._failure)
        lease = self._shelf.lease()
        try:
            found = yield from self._renew_with(lease, refused, force)
        except GeneratorExit:
            lease.give_up()  # a cancelled task, or Ctrl-C
            raise
        except Exception as error:
            self._failures += 1
            self._failure = copy(error)
            yield from self._give_back(lease)
            raise
        yield from self._give_back(lease)
        return found

    def _give_back(self, lease: Lease) -> Flow[None]:
        try:
            yield from self._shelf.give_back(lease)
        except GeneratorExit:
            lease.give_up()  # cancelled before the store was asked
            raise

    def _renew_with(self, lease: Lease, refused: StoredToken | None, force: bool) -> Flow[StoredToken]:
        # Somebody may die with the lease, and whoever comes next needs time to fetch.
        until = self._now() + 2 * self.lease
        while True:
            found = yield from self._look(refused)
            if found is not None and not force:
                return found
            asked_at = self._now()
            if not self._read_only and (yield from self._shelf.take(lease, self.lease)):
                found = yield from self._look(refused)
                if found is not None and not force:
                    return found
                if self._now() < asked_at + self.lease:
                    return (yield from self._fetch_and_keep(refused, lease, force))
                # It slept so long that somebody else may be fetching: back into the queue.
                yield from self._shelf.give_back(lease)
                continue
            if not force and (working := self._working(refused)) is not None:
                return working
            if self._read_only:
                raise _nothing_to_read()
            if self._now() > until:
                raise _still_waiting()
            yield Sleep(LOOK_AGAIN)

    def _look(self, refused: StoredToken | None) -> Flow[StoredToken | None]:
        """Take what is in hand or in the store, unless it is the refused one or due for renewal."""
        if self._held is not None and self._is_good(self._held, refused):
            return self._held  # another thread or task has looked meanwhile
        stored = yield from self._shelf.get()
        if stored is None:
            return None
        if self._is_good(stored, refused):
            self._held = stored
            return stored
        if refused is None and (self._held is None or self._held.expires_at < stored.expires_at):
            # Another client may be about to renew it; until then it works for us as well.
            self._held = stored
        return None

    def _is_good(self, token: StoredToken, refused: StoredToken | None) -> bool:
        if refused is None:
            return self._now() < token.renew_at
        is_newer = token.value != refused.value or token.asked_at > refused.asked_at
        return is_newer and self._now() < token.expires_at

    def _working(self, refused: StoredToken | None) -> StoredToken | None:
        """The token in hand, if its end is near but not yet there and nobody refused it."""
        works = refused is None and self._held is not None and self._now() < self._held.expires_at
        return self._held if works else None

    def _fetch_and_keep(self, refused: StoredToken | None, lease: Lease, force: bool) -> Flow[StoredToken]:
        old = yield from self._shelf.get()
        working = None if force else self._working(refused)
        try:
            answer = yield from self._fetch(force, working is None)
        except (ApiError, TransportError) as error:
            if working is None or not (is_maybe_done(error) or isinstance(error, QuotaExceeded)):
                raise
            token = self._postponed(working)
        else:
            token = self._dated(answer, old)
        if not (yield from self._shelf.put(token, lease)):
            # The right to renew has passed on; whoever has it may not have kept a token yet.
            stored = yield from self._shelf.get()
            if stored is not None and stored != old and self._is_good(stored, refused):
                token = stored
        self._held = token
        return token

    def _dated(self, answer: TokenAnswer, old: StoredToken | None) -> StoredToken:
        now = self._now()
        expires_at = now + answer.expires_in
        renew_at = expires_at - BEFORE_END
        if renew_at <= now:
            # Too early for the platform (the same token came back) or a short-lived one: look again soon.
            again = (
                ASK_AGAIN if old is not None and old.value == answer.access_token else answer.expires_in / 2
            )
            renew_at = now + min(again, ASK_AGAIN)
        return StoredToken(answer.access_token, now, renew_at, expires_at)

    def _postponed(self, working: StoredToken) -> StoredToken:
        """The platform is out of reach while the old token still works: use it, and ask again in a while."""
        return msgspec.structs.replace(working, renew_at=self._now() + ASK_AGAIN)


def _only_reads() -> UsageError:
    return UsageError(
        Words("this client only reads tokens", "此客户端只读取 token"),
        Words(
            "ask the client that may fetch for a refresh, or leave out read_only_token",
            "请让可以获取 token 的客户端来刷新，或去掉 read_only_token",
        ),
    )


def _nothing_to_read() -> FenzuError:
    return StoreError(
        Words(
            "the store holds no token that works, and this client only reads",
            "存储里没有可用的 token，而此客户端只读",
        ),
        Words("let the client that may fetch run first", "请先运行允许获取 token 的客户端"),
    )


def _still_waiting() -> FenzuError:
    return StoreError(
        Words("another client has been renewing the token for too long", "另一个客户端更新 token 的时间过长"),
        Words("try again; its right to renew has ended", "请再试一次；它的更新权已经结束"),
    )
