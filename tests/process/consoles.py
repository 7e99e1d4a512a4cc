"""`fenzu console` in a process of its own, and plain HTTP to it."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fenzu.testing import SandboxAccount

COMMAND = (sys.executable, "-m", "fenzu", "console", "--port", "0")
SECONDS = 50


def environ_of(account: SandboxAccount | None, folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of somebody who works with that account, with folders of their own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FENZU_", "LC_", "LANG"))
    }
    own = (
        {}
        if account is None
        else {
            "FENZU_BASE_URL": account.base_url,
            "FENZU_APPID": account.appid,
            "FENZU_SECRET": account.secret,
        }
    )
    folders = {"FENZU_CONFIG_DIR": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
    return {**kept, **own, **folders, "LANG": "C.UTF-8", "TMPDIR": str(folder), **more}


class Running:
    """A console that has told its link."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdout is not None
        self.line = process.stdout.readline()
        self.link: str = msgspec.json.decode(self.line)["url"]
        self.url, _, self.key = self.link.partition("/login?key=")
        self.cookie = ""
        self.opened: list[http.client.HTTPConnection | http.client.HTTPResponse] = []

    def enter(self) -> None:
        """Come in by the link."""
        answer = self.get(self.link.removeprefix(self.url))
        assert answer.status == 200
        self.cookie = (answer.headers["set-cookie"] or "").partition(";")[0]

    def get(self, path: str, method: str = "GET") -> http.client.HTTPResponse:
        """Ask for a page as the console's own pages do; the answer is not read yet."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        own = {"origin": self.url, "accept": "application/json", "content-type": "application/json"}
        headers = {"cookie": self.cookie, "connection": "close"} | ({} if method == "GET" else own)
        connection.request(method, path, body=None if method == "GET" else "{}", headers=headers)
        answer = connection.getresponse()
        self.opened += [answer, connection]
        return answer

    def page(self, path: str) -> str:
        """Return the page at that address, wherever it leads."""
        answer = self.get(path)
        if to := answer.headers["location"]:
            return self.page(to)
        assert answer.status == 200
        return answer.read().decode()

    def job(self) -> str:
        """Return the address of the job that the first page of the account watches."""
        page = self.page("/")
        found, here = re.search(r'data-job="(\w+)"', page), re.search(r'data-here="([^"]+)"', page)
        assert found
        assert here
        return f"{here[1]}/jobs/{found[1]}"

    def end(self, number: int) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what else was written on stdout and stderr."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out.decode(), err.decode()


@contextmanager
def console(*arguments: str, environ: Mapping[str, str]) -> Iterator[Running]:
    """Run a console; what still runs at the end is killed."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([*COMMAND, *arguments], env=dict(environ), **pipes)  # type: ignore[call-overload]  # the pipes are numbers, one and all
    with process:
        try:
            running = Running(process)
            yield running
            for opened in running.opened:
                opened.close()
        finally:
            process.kill()
