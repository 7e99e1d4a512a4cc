"""Going slowly on purpose: so many calls a minute, so that the platform does not have to refuse any (45011).

A client asks its pace before each call. What it counts with is the library `limits` (extra `pace`); this file knows
which calls share a count, and nothing of how they are sent.
"""

from time import time
from typing import TYPE_CHECKING, Protocol

from fenzu.errors import StoreError, UsageError
from fenzu.wire.extras import install
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter


class Pace(Protocol):
    """What a client needs of a pace. `waits` tells whether asking may wait on a server."""

    waits: bool

    def take(self, base_url: str, appid: str, endpoint: str) -> float:
        """Take one call and return 0, or take nothing and return in how many seconds to ask again."""
        ...


class CallsPerMinute:
    """At most so many calls a minute of one endpoint and account, over any 60 seconds. Extra: `pace`.

    Counted in this process; or, with the address of a Redis or Valkey server (`redis://…`, as for `RedisStore`), over
    all processes and hosts that name it. The platform's own limits are not published; 4,500 stays below what is known.
    """

    def __init__(self, calls: int, redis_url: str | None = None) -> None:
        self._calls = calls  # first: the repr needs it, also in a traceback of what is raised below
        self.waits: bool = redis_url is not None
        made = _limiter("memory://" if redis_url is None else redis_url)
        del redis_url  # it may hold a password, and tracebacks may show locals
        check_calls(calls)
        if isinstance(made, UsageError):
            raise made
        self._limiter = made

    def __repr__(self) -> str:
        return f"CallsPerMinute({self._calls})"

    def take(self, base_url: str, appid: str, endpoint: str) -> float:
        """Take one call and return 0, or take nothing and return in how many seconds to ask again."""
        from limits import RateLimitItemPerMinute
        from limits.errors import StorageError

        item = RateLimitItemPerMinute(self._calls, namespace="fenzu")
        try:
            if self._limiter.hit(item, base_url, appid, endpoint):
                return 0.0
            return max(
                self._limiter.get_window_stats(item, base_url, appid, endpoint).reset_time - time(), 0.01
            )
        except StorageError:
            pass  # told below: the library's error holds the server's address
        raise StoreError(
            Words("the server that counts the calls cannot be reached", "无法连接统计调用次数的服务器"),
            Words("check that it runs, or count in this process only", "确认它在运行，或只在本进程内计数"),
        )


def check_calls(calls: int) -> int:
    """Return `calls` if they can be a limit a minute; raises `UsageError` else."""
    if isinstance(calls, int) and not isinstance(calls, bool) and calls >= 1:
        return calls
    raise UsageError(
        Words("calls a minute are a number from 1 on", "每分钟调用数是不小于 1 的整数"),
        Words("give a number such as 4500", "例如 4500"),
    )


def _limiter(url: str) -> "MovingWindowRateLimiter | UsageError":
    """Return what counts, or the error to raise where no frame holds the address."""
    try:
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter
    except ImportError:
        return UsageError(
            Words("CallsPerMinute needs the library limits", "CallsPerMinute 需要 limits 库"),
            install("pace"),
        )
    try:
        if url.startswith("unix://"):
            url = f"redis+{url}"  # as `limits` calls it
        return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))
    except Exception:  # noqa: BLE001 - whatever a storage raises, its text may hold the address with its password
        return _bad_url()


def _bad_url() -> UsageError:
    return UsageError(
        Words("the server that counts the calls cannot be used", "无法使用统计调用次数的服务器"),
        Words(
            "give redis://HOST:PORT/0, rediss://… or unix://PATH, special characters of a password as %XX, and install "
            "that server's library",
            "请给出 redis://HOST:PORT/0、rediss://… 或 unix://PATH，密码中的特殊字符写成 %XX，并安装该服务器的客户端库",
        ),
    )
