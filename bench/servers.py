"""The servers that are measured, each in a process of its own that ends with its `with` block."""

import importlib.util
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Server(msgspec.Struct, frozen=True):
    """Where a server listens on this machine, and which process it is."""

    port: int
    pid: int


@contextmanager
def ours(module: str, *arguments: str) -> Iterator[Server]:
    """Run one of bench's own servers, which prints its port once it listens."""
    command = [sys.executable, "-m", f"bench.{module}", *arguments]
    with _ended(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)) as process:
        assert process.stdout is not None
        yield Server(int(process.stdout.readline()), process.pid)


@contextmanager
def moto() -> Iterator[Server]:
    """Run moto_server; it is ready when it answers a request."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    quiet = subprocess.DEVNULL
    with _ended(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)) as process:
        await_answer(port, process)
        yield Server(port, process.pid)


NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    default_type application/json;
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 200 '{answer}'; }}
    }}
}}
"""


@contextmanager
def nginx(answer: str) -> Iterator[Server]:
    """Run nginx, one process, with one answer to everything."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="fenzu-bench-nginx-") as folder:
        config = Path(folder, "nginx.conf")
        config.write_text(NGINX.format(folder=folder, port=port, answer=answer), encoding="utf-8")
        command = ["nginx", "-p", folder, "-e", "stderr", "-c", str(config)]
        with _ended(subprocess.Popen(command, stdin=subprocess.DEVNULL)) as process:
            await_answer(port, process)
            yield Server(port, process.pid)


def lacks_program(name: str) -> str:
    """Return why a program cannot be measured, nothing if it is here."""
    return "" if shutil.which(name) else f"{name} is not installed"


def lacks(package: str) -> str:
    """Return why a peer cannot be measured, nothing if it is here."""
    if importlib.util.find_spec(package) is None:
        return f"{package} is not installed: make .venv-bench/bench.stamp"
    return ""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def await_answer(port: int, process: subprocess.Popen[bytes], timeout: float = 60.0) -> None:
    """Wait until something on the port answers HTTP."""
    until = time.monotonic() + timeout
    while not answers(port):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} did not get ready")
        time.sleep(0.005)


def answers(port: int) -> bool:
    """Whether something on the port answers HTTP."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return sock.recv(64).startswith(b"HTTP/1.")
    except OSError:
        return False


def request(
    method: str, target: str, body: bytes = b"", headers: str = "", content_type: str = "application/json"
) -> bytes:
    """Return a whole HTTP request, ready for the load generator."""
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
    if method != "GET":
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
