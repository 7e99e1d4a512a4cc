"""Running a sandbox: both ports in one process and one loop, from the settings to a clean end.

It knows the order of things (bind, open, seed, listen, announce, wait, close) and none of the things themselves.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fenzu._version import __version__
from fenzu.sandbox.accounts import NewAccount
from fenzu.sandbox.calls.app import make_app
from fenzu.sandbox.control.app import make_control_app, make_gate
from fenzu.sandbox.control.key import read_key
from fenzu.sandbox.control.refusals import ControlListener
from fenzu.sandbox.events.callback import read_callback
from fenzu.sandbox.faults.asked import FaultRules
from fenzu.sandbox.faults.hostile import hostile
from fenzu.sandbox.faults.tell import tell_all
from fenzu.sandbox.http.hosts import Hosts
from fenzu.sandbox.http.listen import (
    Complaints,
    Listener,
    allow_many_connections,
    is_unspecified,
    place_of,
    url_of,
)
from fenzu.sandbox.http.ports import Ports, open_ports
from fenzu.sandbox.platform import Platform
from fenzu.sandbox.run import env_file
from fenzu.sandbox.run.announce import Ready, all_variables, announce, pushing, say, unusual, warning
from fenzu.sandbox.run.first_account import first_account
from fenzu.sandbox.run.settings import Settings, check
from fenzu.sandbox.run.stopping import make_stop
from fenzu.wire.endpoints import PRODUCTION_HOSTS

if TYPE_CHECKING:
    from fenzu.sandbox.http.authority import Authority

CONTROL_BODY_BYTES = 64 * 1024 * 1024
"""A list of a million openids, and then some."""


def serve(settings: Settings) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM, and return the exit code.

    Raises `UsageError` for settings that make no sense, `StoreError` for a store that cannot be used and `FenzuError`
    for a port that is taken.
    """
    check(settings)
    key = None if settings.control_key_file is None else read_key(settings.control_key_file)
    allow_many_connections()
    with (
        open_ports(
            settings.host,
            settings.port,
            settings.control_port,
            settings.proxy_port,
            expose=settings.expose,
            has_key=key is not None,
        ) as ports,
        env_file.place(settings.env_file),
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        return runner.run(_run(settings, ports, key))


async def _run(settings: Settings, ports: Ports, key: bytes | None) -> int:
    asyncio.get_running_loop().set_exception_handler(Complaints())
    stop = make_stop(with_stdin=settings.until_stdin_ends)
    async with _open(settings) as platform:
        account = await _seed(platform, settings, stop)
        if account is None:
            return 0
        if settings.callback is not None:
            platform.events.callback = read_callback(
                settings.callback, settings.callback_token, anywhere=settings.expose
            )
        faults = FaultRules() if settings.hostile is None else hostile(settings.hostile)
        platform.faults.set(faults)
        async with _keeping(platform), AsyncExitStack() as stack:
            authority = _open_authority(settings, stack) if settings.speaks_tls else None
            for listener in _listeners(settings, ports, key, platform, authority):
                await stack.enter_async_context(_listen(listener))
            ready = _ready(settings, ports, account, authority)
            platform.request_log.base_url = ready.base_url
            if ports.are_exposed:
                say(_warning(settings, ports))
            if settings.hostile is not None:
                say(tell_all(faults, settings.language, ready.control_url))
            clock, mode = platform.timekeeping.read(), platform.quotas.mode()
            if told := unusual(settings.language, clock=clock, mode=mode):
                say(told)
            if platform.events.callback is not None:
                say(pushing(settings.language, platform.events.callback))
            if settings.env_file is not None:
                env_file.write(Path(settings.env_file), all_variables(ready))
            announce(ready, settings.language, temporary=settings.store is None)
            await stop.wait()
    return 0


def _open_authority(settings: Settings, stack: AsyncExitStack) -> "Authority":
    from fenzu.sandbox.http.authority import open_authority

    names = [name for name in (settings.host, *settings.allow_host) if not is_unspecified(name)]
    authority = stack.enter_context(open_authority(names, folder=settings.ca_folder, store=settings.store))
    renewing = asyncio.create_task(authority.keep_fresh())
    stack.callback(renewing.cancel)
    return authority


def _listeners(
    settings: Settings, ports: Ports, key: bytes | None, platform: Platform, authority: "Authority | None"
) -> Iterator[Listener]:
    names = (settings.host, *settings.allow_host)
    tls = authority.context if authority is not None and settings.tls else None
    hosts = Hosts((*names, *PRODUCTION_HOSTS), any_address=ports.are_exposed)
    app = make_app(platform)
    listener = Listener(ports.platform, app, settings.limits, hosts=hosts, tls=tls)
    yield listener
    hosts = Hosts(names, any_address=ports.is_control_exposed)
    yield ControlListener(
        ports.control,
        make_control_app(platform, hosts=hosts, key=key),
        msgspec.structs.replace(settings.limits, body_bytes=CONTROL_BODY_BYTES),
        make_gate(hosts, key),
        tls=tls if ports.is_control_exposed else None,
    )
    if ports.proxy is not None and authority is not None:
        from fenzu.sandbox.http.proxy import ProxyListener, Telling, Tunnels

        tell = Telling(say, settings.language)
        tunnels = Tunnels(listener, authority.context, tell)
        yield ProxyListener(ports.proxy, app, settings.limits, tunnels=tunnels, tell=tell)


def _ready(settings: Settings, ports: Ports, account: NewAccount, authority: "Authority | None") -> Ready:
    scheme = "https" if settings.tls else "http"
    return Ready(
        base_url=url_of(ports.platform, scheme),
        control_url=url_of(ports.control, scheme if ports.is_control_exposed else "http"),
        appid=account.appid,
        secret=account.secret,
        rules=settings.rules,
        proxy_url=None if ports.proxy is None else url_of(ports.proxy),
        ca_file=None if authority is None else str(authority.ca_file),
        pid=os.getpid(),
        version=__version__,
    )


def _warning(settings: Settings, ports: Ports) -> str:
    control_at = place_of(ports.control) if ports.is_control_exposed else None
    return warning(
        settings.language, at=place_of(ports.platform), control_at=control_at, is_plain=not settings.tls
    )


async def _seed(platform: Platform, settings: Settings, stop: asyncio.Event) -> NewAccount | None:
    """Return the account to tell, or None if the end came first: millions of followers take a while."""
    seeding = asyncio.ensure_future(
        first_account(platform, demo=settings.demo, followers=settings.followers, seed=settings.seed)
    )
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((seeding, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not stop.is_set():
        return seeding.result()
    while not seeding.done():
        platform.interrupt()  # again and again: it hits only a statement that is running
        await asyncio.sleep(0.01)
    return None if seeding.exception() else seeding.result()


@asynccontextmanager
async def _listen(listener: Listener) -> AsyncIterator[None]:
    await listener.start()
    try:
        yield
    finally:
        await listener.stop()


@asynccontextmanager
async def _keeping(platform: Platform) -> AsyncIterator[None]:
    task = asyncio.ensure_future(platform.keep_use())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Platform]:
    platform = Platform.open(settings.store, rules=settings.rules, quota=settings.quota)
    try:
        yield platform
    finally:
        await platform.finish()
        await _cancel_others()  # whoever still waits would read from a store that is closed
        platform.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's factory where uvloop is installed; it is not on every platform."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
