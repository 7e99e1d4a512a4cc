"""Events over HTTP: pushed to an application that other people's code has written, and to some that misbehave."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import werobot

from fenzu.control import Control, PushedEvent
from fenzu.sandbox.events import callback as callback_module
from fenzu.sandbox.events.callback import post, read_callback
from fenzu.testing import SandboxProcess

ANA, BEN = "oana" + "_" * 24, "oben" + "_" * 24


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def robot(token: str, seen: list[tuple[str, str, str]]) -> Iterator[str]:
    """Run a WeRoBot application that notes who comes and goes; yield its address."""
    machine = werobot.WeRoBot(token=token, logger=logging.getLogger("werobot.test"), SESSION_STORAGE=False)

    def note(message: werobot.messages.events.WeChatEvent) -> str:
        seen.append((message.type.removesuffix("_event"), message.source, message.target))
        return "welcome"

    machine.add_handler(note, type="subscribe_event")
    machine.add_handler(note, type="unsubscribe_event")
    with make_server("127.0.0.1", 0, machine.wsgi, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/robot"
        server.shutdown()


def wait_for(control: Control, count: int) -> list[PushedEvent]:
    """Return the events once so many are over."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        events = control.events.list()
        if len([event for event in events if event.state != "waiting"]) >= count:
            return events
    raise AssertionError(control.events.list())


def test_a_robot_hears_who_comes_and_goes() -> None:
    """WeRoBot accepts the signature, reads the messages, and its replies disturb nothing."""
    seen: list[tuple[str, str, str]] = []
    with (
        robot("robotToken1", seen) as url,
        SandboxProcess("--callback", url, "--callback-token", "robotToken1") as sandbox,
        Control(sandbox.ready.control_url) as control,
    ):
        appid = sandbox.ready.appid
        control.followers.add(appid, openids=[ANA, BEN])
        control.followers.remove(appid, [ANA])
        events = wait_for(control, 3)
        assert [(kind, openid) for kind, openid, _ in seen] == [
            ("subscribe", ANA),
            ("subscribe", BEN),
            ("unsubscribe", ANA),
        ]
        assert len({target for _, _, target in seen}) == 1
        assert [event.state for event in events] == ["taken"] * 3
        assert events[0].detail == "taken; its reply is passed over"
        assert control.events.callback() == url
        assert "robotToken1" in sandbox.stderr


def test_a_robot_with_another_token_refuses() -> None:
    """Who has the wrong token sees it: three tries, and the status of the last one."""
    with (
        robot("another", []) as url,
        SandboxProcess("--callback", url) as sandbox,
        Control(sandbox.ready.control_url) as control,
    ):
        control.followers.add(sandbox.ready.appid, openids=[ANA])
        assert [(event.state, event.tries, event.detail) for event in wait_for(control, 1)] == [
            ("failed", 3, "status 403")
        ]


def test_nobody_listens() -> None:
    """A callback that is not there is told, and the sandbox ends as fast as ever."""
    with (
        SandboxProcess("--callback", "http://127.0.0.1:9/") as sandbox,
        Control(sandbox.ready.control_url) as control,
    ):
        control.followers.add(sandbox.ready.appid, openids=[ANA])
        assert wait_for(control, 1)[0].detail == "Connection refused"


class Odd(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/slow"):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with contextlib.suppress(OSError):  # cut off at last
                for _ in range(100):
                    self.wfile.write(b"x: y\r\n")
                    time.sleep(0.05)
        elif self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
        elif self.path.startswith("/nonsense"):
            self.wfile.write(b"nonsense\r\n\r\n")
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success" if self.path.startswith("/good?key=1&") else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "is_good", "detail"),
    [
        ("/good?key=1", True, "taken"),
        ("/empty", True, "taken"),
        ("/away", False, "status 302"),
        ("/nonsense", False, "nonsense\r\n"),
        ("/slow", False, "no answer in time"),
    ],
)
def test_what_an_application_may_answer(
    odd: str, path: str, is_good: bool, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing and `success` are taken; redirects are not followed, nonsense and dragging on are not waited for."""
    monkeypatch.setattr(callback_module, "EVENT_SECONDS", 0.5)
    answered = post(read_callback(odd + path, "fenzu"), "signature=x", b"<xml></xml>")
    assert (answered.is_good, answered.detail) == (is_good, detail)
