"""How soon the console answers on a mirror of a million followers: its first page, a search, the turn of a page.

`fenzu console` runs in a process of its own, as its users start it, beside a page of the same parts that has nothing to
look up. Times are those of HTTP, from the request to the last byte; what a browser makes of it is not in them.
"""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import unescape
from urllib.parse import quote, urlsplit

from bench.measure import interleave, seconds
from bench.report import Row, at_most, compare, lone
from bench.sandboxes import sandbox
from bench.search import make
from bench.servers import Server, ours
from bench.settings import Settings
from fenzu.wire.environment import variables

SECOND = at_most(1, of="value")
BARE = "a bare page on Starlette"
NEXT = re.compile(r'rel="next" href="([^"]+)"')
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


class Pages:
    """A browser's part: the cookie, and a connection for each page: a kept one ends while the other side works."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._headers: dict[str, str] = {}

    def enter(self, link: str) -> None:
        with self._asked(link) as answer:
            self._headers["cookie"] = (answer.headers["set-cookie"] or "").partition(";")[0]

    def get(self, path: str) -> str:
        with self._asked(path) as answer:
            body = answer.read().decode()
            assert answer.status == 200, (path, answer.status, body[:500])
            return body

    @contextmanager
    def _asked(self, path: str) -> Iterator[http.client.HTTPResponse]:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            connection.request("GET", path, headers=self._headers)
            yield connection.getresponse()


def measure_console(settings: Settings) -> Iterator[Row]:
    """The pages that somebody waits for, each beside the bare page."""
    n = settings.take(1_000_000, 20_000)
    place = settings.store("console")
    with sandbox() as platform:
        ready = platform.ready
        make(place, n, ready.base_url, ready.appid)
        account = variables(
            base_url=ready.base_url,
            appid=ready.appid,
            secret=ready.secret,
            control_url=ready.control_url,
        )
        with _console(place, account) as (link, port), ours("bare_page") as bare:
            pages, here = Pages(port), f"/a/{ready.appid}"
            pages.enter(link)
            first = pages.get(f"{here}/")
            yield lone(
                "first page and all files that it loads", "KiB", _weight(pages, first), at_most(150, "value")
            )
            yield from _beside(settings, pages, bare, _asked(pages, here, first), n)


def _asked(pages: Pages, here: str, first: str) -> dict[str, str]:
    """Return what is asked for, by what it is."""
    turned = first
    for _ in range(5):
        turned = pages.get(_next(turned))
    return {
        "first page": f"{here}/",
        "page turn": _next(turned),
        "sorted by remark": f"{here}/?sort=remark",
        "search by remark": f"{here}/?q={quote('客户 77')}",
        "search by openid": f"{here}/?q=oFzu0004",
        "nobody found": f"{here}/?q=nobody",
        "a group": f"{here}/?group=101",
        "a search counted": f"{here}/followers/count?q={quote('客户')}",
    }


def _beside(settings: Settings, pages: Pages, bare: Server, asked: dict[str, str], n: int) -> Iterator[Row]:
    peer = Pages(bare.port)
    for what, path in asked.items():
        sides: dict[str, Callable[[], float]] = {
            "ours": lambda path=path: seconds(lambda: pages.get(path)),  # type: ignore[misc]  # bound now
            "peer": lambda: seconds(lambda: peer.get("/")),
        }
        found = interleave(settings.rounds, sides)
        yield compare(f"{what}, {n:,} followers", "s", found["ours"], found["peer"], BARE, SECOND)


def _next(page: str) -> str:
    found = NEXT.search(page)
    assert found is not None
    return unescape(found[1])


def _weight(pages: Pages, first: str) -> float:
    files = set(LOADED.findall(first))
    return (len(first.encode()) + sum(len(pages.get(file).encode()) for file in files)) / 1024


@contextmanager
def _console(place: str, account: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run the console on that mirror; give its link and its port."""
    command = [sys.executable, "-m", "fenzu", "console", "--port", "0", "--mirror", place]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={**os.environ, **account}, **pipes) as process:  # type: ignore[call-overload]  # the pipes are numbers, one and all
        try:
            parts = urlsplit(json.loads(process.stdout.readline())["url"])
            yield f"{parts.path}?{parts.query}", parts.port
        finally:
            process.terminate()
