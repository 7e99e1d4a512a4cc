"""Tokens in Redis or Valkey, shared by processes on many hosts. It keeps what it is given and decides nothing.

A key has three entries: the token, the lease (which the server ends by its own clock), and the number of the last
lease, which fences off whoever comes late.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from fenzu.errors import UsageError
from fenzu.tokens import StoredToken, TokenKey
from fenzu.tokens.record import away, decode, encode, found, lacking, name_of
from fenzu.wire.extras import install
from fenzu.wire.words import Words

SECONDS = 5.0
"""How long to wait for the server."""

# By the server's clock, so that a number is not given out again by a server that has lost its data.
_ACQUIRE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local number = math.max((tonumber(redis.call('GET', KEYS[2])) or 0) + 1, now)
local text = string.format('%.0f', number)
if not redis.call('SET', KEYS[1], text, 'NX', 'PX', ARGV[1]) then return false end
redis.call('SET', KEYS[2], text)
return text
"""
_PUT = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[3], ARGV[2])
return 1
"""
# The number goes up as well: a lease that was given back is not there to put with.
_RELEASE = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('INCR', KEYS[2])
return 1
"""


class RedisStore:
    """Tokens in Redis or Valkey: `redis://…`, `rediss://…` or `unix://…`, as redis-py reads it. Extra: `redis`.

    A server that fails over may forget a lease that it has just given; two may then fetch, which does no harm to
    stable tokens.
    """

    waits = True

    def __init__(self, url: str, *, prefix: str = "fenzu:") -> None:
        try:
            import redis
        except ImportError:
            redis = None  # type: ignore[assignment]  # so that our error is raised outside
        if redis is None:
            raise lacking("RedisStore", "redis", install("redis"))
        self._prefix = prefix
        self._where = _address(url)
        try:
            self._client = redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
            is_made = True
        except (ValueError, TypeError, AttributeError, redis.RedisError):
            is_made = False
        del url  # it may hold a password, and tracebacks may show locals
        if not is_made or not self._where:
            raise _bad_url()
        self._error = redis.RedisError

    def __repr__(self) -> str:
        return f"RedisStore({self._where!r})"

    def get(self, key: TokenKey) -> StoredToken | None:
        """Return the token kept under `key`, however old it is."""
        return found(decode(self._ask(lambda: self._client.get(self._names(key)[2])), repr(self)))

    def acquire(self, key: TokenKey, seconds: float) -> int | None:
        """Lend the right to renew for so many seconds; return its number, or None while somebody else has it."""
        number = self._run(_ACQUIRE, key, max(1, round(seconds * 1000)))
        return int(number) if isinstance(number, bytes | str) else None

    def put(self, key: TokenKey, token: StoredToken, lease: int) -> bool:
        """Keep a token; False, and nothing kept, if the lease was given back or has passed on meanwhile."""
        return self._run(_PUT, key, lease, token) == 1

    def release(self, key: TokenKey, lease: int) -> None:
        """Give the right back early. Repeating is safe."""
        self._run(_RELEASE, key, lease)

    def close(self) -> None:
        """Close the connections. Repeating is safe; what is asked afterwards opens one anew."""
        self._client.close()

    def _names(self, key: TokenKey) -> tuple[str, str, str]:
        """Return the names of lease, number and token; the braces keep them together in a cluster."""
        name = f"{self._prefix}{{{name_of(key)}}}"
        return f"{name}:lease", f"{name}:number", f"{name}:token"

    def _run(self, script: str, key: TokenKey, *values: int | StoredToken) -> object:
        def run() -> object:
            texts = (encode(each) if isinstance(each, StoredToken) else each for each in values)
            return self._client.eval(script, 3, *self._names(key), *texts)

        return self._ask(run)

    def _ask(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except self._error as error:
            reason = type(error).__name__  # its text and its frames may hold more than one wants to show
        raise away(self._where, reason) from None


def _address(url: str) -> str:
    """Return where the server is, without user, password and options; empty where that cannot be told."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, TypeError, AttributeError):
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}" if parts.scheme else ""


def _bad_url() -> UsageError:
    return UsageError(
        Words("the address of the Redis server makes no sense", "Redis 服务器的地址不正确"),
        Words(
            "give redis://HOST:PORT/0, rediss://… or unix://PATH, special characters of a password as %XX",
            "请给出 redis://HOST:PORT/0、rediss://… 或 unix://PATH，密码中的特殊字符写成 %XX",
        ),
    )
