"""A sandbox in a process of its own, for as long as a `with` block. It knows the ready line and nothing behind it."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Self

import msgspec

from fenzu.errors import FenzuError
from fenzu.wire.words import Words


class Ready(msgspec.Struct, frozen=True):
    """What a sandbox says once it answers. `repr` leaves the secret out."""

    base_url: str
    control_url: str
    appid: str
    secret: str
    rules: str
    pid: int
    version: str
    proxy_url: str | None = None
    ca_file: str | None = None

    def __repr__(self) -> str:
        return f"Ready(base_url={self.base_url!r}, control_url={self.control_url!r}, appid={self.appid!r})"


class SandboxFailed(FenzuError):
    """The sandbox did not get ready; the message holds what it wrote to stderr."""


class SandboxProcess:
    """Runs `fenzu sandbox` on free ports, with `arguments` added, and ends it with the block.

    The sandbox also ends when this process does, however that happens. A terminal's Ctrl-C does not reach it: whoever
    holds this object decides when it ends. `stderr` and `stdout` tell all that it wrote, also afterwards.
    `environment` replaces the one of this process.
    """

    def __init__(
        self, *arguments: str, timeout: float = 30.0, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = [sys.executable, "-m", "fenzu", "sandbox", "--port", "0", "--control-port", "0"]
        self._command += ["--until-stdin-ends", *arguments]
        self._timeout = timeout
        self._environment = dict(environment) if environment is not None else None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._lines: list[bytes] = []
        self._first = threading.Event()
        self._reader: threading.Thread | None = None
        self._ready: Ready | None = None
        self._stderr = ""

    def __repr__(self) -> str:
        return f"SandboxProcess({self._ready!r})"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def ready(self) -> Ready:
        """What the ready line said."""
        if self._ready is None:
            raise SandboxFailed(Words("the sandbox is not started", "沙箱没有启动"))
        return self._ready

    @property
    def stdout(self) -> str:
        """Everything written to stdout so far."""
        return b"".join(self._lines).decode(errors="replace")

    @property
    def stderr(self) -> str:
        """Everything written to stderr so far."""
        if self._log is not None:
            self._log.seek(0)
            self._stderr = self._log.read().decode(errors="replace")
        return self._stderr

    @property
    def returncode(self) -> int | None:
        """The exit code, None while it runs."""
        return None if self._process is None else self._process.poll()

    def start(self) -> Ready:
        """Start the process and wait for its ready line; raises `SandboxFailed` with what it said instead.

        Once it has ended it may be started again, on other ports.
        """
        self._begin_anew()
        self._log = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed in `_clean_up`; read while it is written to
        environment = self._environment
        if environment is None:  # so that nothing is left behind after a kill either
            self._folder = tempfile.TemporaryDirectory(prefix="fenzu-testing-")
            environment = {**os.environ, "TMPDIR": self._folder.name}
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._first.wait(self._timeout)
        try:
            self._ready = msgspec.json.decode(self._lines[0], type=Ready)
        except (IndexError, msgspec.MsgspecError):
            self.kill()
            raise SandboxFailed(self._failure()) from None
        return self._ready

    def stop(self, timeout: float = 10.0) -> int | None:
        """End it in good order and return its exit code; kill it if it does not end. Repeating is safe."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._clean_up()

    def kill(self) -> int | None:
        """End it at once, as a power cut would (SIGKILL)."""
        if self._process is None:
            return None
        self._process.kill()
        return self._clean_up()

    def wait(self, timeout: float = 10.0) -> int | None:
        """Wait until it has ended by itself and return its exit code."""
        if self._process is None:
            return None
        self._process.wait(timeout)
        return self._clean_up()

    def _begin_anew(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                raise SandboxFailed(Words("the sandbox runs already", "沙箱已在运行"))
            self._clean_up()
        self._ready, self._stderr = None, ""
        self._lines, self._first = [], threading.Event()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            self._first.set()
        self._first.set()

    def _clean_up(self) -> int:
        assert self._process is not None
        code = self._process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        if self._log is not None:
            _ = self.stderr
            self._log.close()
            self._log = None
        if self._folder is not None:
            self._folder.cleanup()
        return code

    def _failure(self) -> Words:
        code, said = self.returncode, self.stderr.strip() or "-"
        return Words(
            f"the sandbox did not get ready (exit code {code}); it said:\n{said}",
            f"沙箱没有就绪（退出码 {code}），它的输出：\n{said}",
        )
