"""What the client adds to a call: against its bare HTTP library, and against wechatpy. Judged by processor time."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from time import perf_counter, process_time
from typing import Any, TypeAlias

import msgspec
import uvloop
from pyreqwest.client import Client as BareClient
from pyreqwest.client import ClientBuilder, SyncClientBuilder

from bench import measure, servers
from bench.report import Row, at_least, at_most, compare, lacking
from bench.settings import Settings
from fenzu import AsyncClient, Client

APPID = "wx5eed5eed5eed5eed"
TOKEN = "T" * 136
OPENID = "od8XIjsmk6QdVTETa9jLtGWA6KBc"
IN_FLIGHT = 64
BODY = msgspec.json.encode({"openid": OPENID})
BARE = "bare pyreqwest"

SLOWER = at_most(1.3)
QUARTER = at_most(0.25)
LoopFactory: TypeAlias = Callable[[], asyncio.AbstractEventLoop] | None

THROUGHPUT = at_least(0.8)
EIGHTFOLD = at_least(8)


def measure_sync(settings: Settings) -> Iterator[Row]:
    """One call after another on one connection: processor time of the whole process, the library's threads included."""
    calls = settings.take(1500, 600)
    with servers.ours("canned") as server, sync_sides(server.port) as sides:
        found = measure.interleave(
            settings.take(21, 3),
            {name: partial(measure.cpu_per_call, call, calls) for name, call in sides.items()},
        )
    what = "sync call (groups.of), CPU"
    yield compare(what, "µs", found["fenzu"], found[BARE], BARE, SLOWER)
    if "wechatpy" in found:
        yield compare(what, "µs", found["fenzu"], found["wechatpy"], "wechatpy", QUARTER)
    else:
        yield lacking(what, "µs", "wechatpy", servers.lacks("wechatpy"), QUARTER)


@contextmanager
def sync_sides(port: int) -> Iterator[dict[str, Callable[[], object]]]:
    base_url = f"http://127.0.0.1:{port}"
    url = f"{base_url}/cgi-bin/groups/getid?access_token={TOKEN}"
    limit = timedelta(seconds=10)
    with (
        Client(APPID, base_url=base_url, token=TOKEN) as account,
        SyncClientBuilder().no_proxy().build() as bare,
    ):

        def call_bare() -> object:
            request = (
                bare.post(url).header("content-type", "application/json").body_bytes(BODY).timeout(limit)
            )
            return request.build().send().bytes()

        sides: dict[str, Callable[[], object]] = {"fenzu": lambda: account.groups.of(OPENID), BARE: call_bare}
        if not servers.lacks("wechatpy"):
            foreign = wechatpy(base_url)
            sides["wechatpy"] = lambda: foreign.user.get_group_id(OPENID)
        for call in sides.values():
            call()
        yield sides


def wechatpy(base_url: str) -> Any:  # noqa: ANN401 - it carries no types
    """Return a wechatpy client that has its token already."""
    from wechatpy import WeChatClient

    logging.getLogger("urllib3").setLevel(
        logging.ERROR
    )  # "Connection pool is full": that is what is measured
    client = WeChatClient(APPID, "secret", access_token=TOKEN)
    client.API_BASE_URL = base_url + "/cgi-bin/"
    client._http.trust_env = False  # noqa: SLF001 - else it would read the proxy environment at every call
    return client


def measure_async(settings: Settings) -> Iterator[Row]:
    """64 calls in flight on asyncio's own loop and on uvloop's; connections are made beforehand."""
    for loop, factory in (("asyncio", None), ("uvloop", uvloop.new_event_loop)):
        yield from measure_loop(settings, f"async on {loop}, 64 in flight", factory)


def measure_loop(settings: Settings, what: str, factory: LoopFactory) -> Iterator[Row]:
    """Calls a second, and processor time for information."""
    calls = settings.take(16_000, 2_000)
    costs: dict[str, list[float]] = {}
    with servers.ours("canned") as server, async_sides(f"http://127.0.0.1:{server.port}", factory) as sides:

        def turn(name: str) -> float:
            """Wechatpy makes fewer calls in its turns, which would take too long."""
            made = (calls // 4 if name.startswith("wechatpy") else calls) // IN_FLIGHT * IN_FLIGHT
            began, spent = perf_counter(), process_time()
            sides[name](made)
            costs.setdefault(name, []).append((process_time() - spent) / made * 1e6)
            return made / (perf_counter() - began)

        rates = measure.interleave(settings.rounds, {name: partial(turn, name) for name in sides})
    yield compare(what, "calls/s", rates["fenzu"], rates[BARE], BARE, THROUGHPUT)
    if SHARED in rates:
        yield compare(what, "calls/s", rates["fenzu"], rates[SHARED], SHARED, EIGHTFOLD)
        yield compare(what, "calls/s", rates["fenzu"], rates[EACH], EACH)
    else:
        yield lacking(what, "calls/s", SHARED, servers.lacks("wechatpy"), EIGHTFOLD)
    yield compare(f"{what}, CPU", "µs", costs["fenzu"][1:], costs[BARE][1:], BARE)


SHARED = "wechatpy, 64 threads"
EACH = "wechatpy, 64 threads, a client each"


@contextmanager
def async_sides(base_url: str, factory: LoopFactory) -> Iterator[dict[str, Callable[[int], object]]]:
    """Each side makes so many calls with 64 in flight."""
    with asyncio.Runner(loop_factory=factory) as runner, ThreadPoolExecutor(IN_FLIGHT) as pool:
        bare = runner.run(build_bare())
        account = AsyncClient(APPID, base_url=base_url, token=TOKEN)
        sides: dict[str, Callable[[int], object]] = {
            "fenzu": lambda calls: runner.run(flood_fenzu(account, calls)),
            BARE: lambda calls: runner.run(flood_bare(bare, base_url, calls)),
        }
        if not servers.lacks("wechatpy"):
            one, many = [wechatpy(base_url)] * IN_FLIGHT, [wechatpy(base_url) for _ in range(IN_FLIGHT)]
            sides[SHARED] = lambda calls: flood_wechatpy(pool, one, calls)
            sides[EACH] = lambda calls: flood_wechatpy(pool, many, calls)
        yield sides
        runner.run(account.aclose())
        runner.run(bare.close())


async def build_bare() -> BareClient:
    return ClientBuilder().no_proxy().build()


async def flood_fenzu(account: AsyncClient, calls: int) -> None:
    async def work() -> None:
        for _ in range(calls // IN_FLIGHT):
            await account.groups.of(OPENID)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


async def flood_bare(bare: BareClient, base_url: str, calls: int) -> None:
    url = f"{base_url}/cgi-bin/groups/getid?access_token={TOKEN}"
    limit = timedelta(seconds=10)

    async def work() -> None:
        for _ in range(calls // IN_FLIGHT):
            request = bare.post(url).header("content-type", "application/json").body_bytes(BODY)
            answer = await request.timeout(limit).build().send()
            await answer.bytes()

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def flood_wechatpy(pool: ThreadPoolExecutor, clients: Sequence[Any], calls: int) -> None:
    def work(client: Any) -> None:  # noqa: ANN401 - it carries no types
        for _ in range(calls // IN_FLIGHT):
            client.user.get_group_id(OPENID)

    list(pool.map(work, clients))
