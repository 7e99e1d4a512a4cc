"""A process that forks while one of its threads renews a token."""

import asyncio
import os
import threading
import time

from tests.unit.client.scripted import APPID, BASE_URL, SECRET

from fenzu import Client
from fenzu.client.transport import Request, Response
from fenzu.tokens import MemoryStore, TokenKey, _after_fork


class Slow:
    """Answers every call; the parent's token call hangs until it is told to go on."""

    def __init__(self) -> None:
        self.parent, self.asked, self.go_on = os.getpid(), threading.Event(), threading.Event()

    def send(self, request: Request) -> Response:
        if "stable_token" not in request.url:
            return Response(200, b'{"groups":[]}')
        self.asked.set()
        if os.getpid() == self.parent:
            self.go_on.wait(30)
        return Response(200, b'{"access_token":"TOKEN","expires_in":7200}')

    def close(self) -> None: ...


def exit_code(child: int) -> int | None:
    """Wait for a child, and return its exit code; None for one that hangs, which is killed."""
    until, code = time.monotonic() + 20, None
    while code is None and time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        code = os.waitstatus_to_exitcode(status) if found else None
        time.sleep(0.01)
    if code is None:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return code


def test_a_child_does_not_wait_for_its_parents_thread() -> None:
    """Who forks while a thread fetches a token gets a child that fetches for itself, and does not hang."""
    transport = Slow()
    with Client(APPID, SECRET, base_url=BASE_URL, transport=transport) as account:
        thread = threading.Thread(target=account.groups.list)
        thread.start()
        assert transport.asked.wait(30)
        child = os.fork()
        if child == 0:
            os._exit(0 if account.groups.list() == [] else 1)
        code = exit_code(child)
        transport.go_on.set()
        thread.join()
    assert code == 0


def test_a_child_has_threads_of_its_own_for_its_directory() -> None:
    """Who forks after using a client's directory may use it in the child, which waits for no thread of its parent."""
    transport = Slow()
    transport.go_on.set()
    with Client(APPID, SECRET, base_url=BASE_URL, transport=transport) as account:
        assert asyncio.run(account.directory.groups()) == []
        child = os.fork()
        if child == 0:
            os._exit(0 if asyncio.run(account.directory.groups()) == [] else 1)
        assert exit_code(child) == 0


def test_a_store_in_memory_begins_anew_after_a_fork() -> None:
    """The leases of the parent's threads are nobody's in the child; its tokens are known there as well."""
    store, key = MemoryStore(), TokenKey(BASE_URL, APPID, "stable")
    assert store.acquire(key, 60) is not None
    assert store.acquire(key, 60) is None
    _after_fork()
    assert store.acquire(key, 60) is not None
