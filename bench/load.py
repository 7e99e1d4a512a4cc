"""A load generator that costs the machine little: raw sockets on uvloop, in a process of its own.

Run as `python -m bench.load`: takes a `Plan` on stdin, prints an `Outcome`. It knows requests as bytes; every answer
is looked at for what it has to hold, so that nobody measures how fast errors are answered.
"""

import asyncio
import subprocess
import sys
from array import array
from collections.abc import Iterator
from itertools import cycle
from time import perf_counter, perf_counter_ns, process_time

import msgspec
import uvloop

from bench.measure import cpu_of

LONGEST = 900
"""Seconds after which a load is given up."""


class Plan(msgspec.Struct, frozen=True):
    """What to send. Connections take their next request from one common row, so they stay in its order."""

    port: int
    requests: list[bytes]
    expect: bytes
    connections: int = 64
    seconds: float = 2.0
    warm_up: float = 0.3
    count: int = 0
    """Send so many and end, instead of sending for `seconds`."""
    repeat: bool = True
    """Begin the row again at its end; else the run ends there."""
    server: int = 0
    """The process that answers, if its processor time is wanted."""
    spin: bool = False
    """Never sleep. Else a slow server pays for waking the load side with each answer (8 µs on a virtual machine), and
    a fast one, which keeps it awake, does not. Leave it for servers that need more than one processor."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of it, warm-up left out."""

    answers: int
    seconds: float
    taken: int
    """Requests taken from the row, those of the warm-up too."""
    wrong: int
    sample: bytes
    """The first wrong answer."""
    p50: float
    p99: float
    """Microseconds from sending to the last byte."""
    idle: float
    """Seconds in which the load side had nothing to do."""
    server_cpu: float | None

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def is_limit(self) -> bool:
        """Whether the load side was busy all the time, so that the server could have answered more."""
        return self.idle < 0.1 * self.seconds

    @property
    def cost(self) -> float | None:
        """The server's processor time for one answer, in microseconds."""
        return None if self.server_cpu is None else self.server_cpu / self.answers * 1e6


class LoadFailed(Exception):
    """The answers were not what they should be, or did not come."""


def run(plan: Plan) -> Outcome:
    """Carry the plan out in a process of its own; raises `LoadFailed` if an answer was wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=msgspec.msgpack.encode(plan),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise LoadFailed(f"the load generator ended with {done.returncode}")
    outcome = msgspec.msgpack.decode(done.stdout, type=Outcome)
    if outcome.wrong or not outcome.answers:
        raise LoadFailed(
            f"{outcome.wrong} of {outcome.answers} answers wrong, such as {outcome.sample[:300]!r}"
        )
    if outcome.is_limit:
        print(f"(the load side was busy all the time, at {outcome.rate:,.0f} answers/s)", file=sys.stderr)
    return outcome


class Run:
    """What the connections of a run share."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.row: Iterator[bytes] = cycle(plan.requests) if plan.repeat else iter(plan.requests)
        self.left = plan.count or sys.maxsize
        self.times = array("Q")
        self.taken = 0
        self.answers = 0
        self.wrong = 0
        self.sample = b""
        self.over = asyncio.get_running_loop().create_future()
        self.open = plan.connections

    def next(self) -> bytes | None:
        """Return the next request, None when there is none."""
        if self.left <= 0:
            return None
        self.left -= 1
        self.taken += 1
        return next(self.row, None)

    def start_over(self) -> None:
        """The warm-up ends here: count from now."""
        self.times = array("Q")
        self.answers = 0

    def end(self) -> None:
        """Send nothing more."""
        self.left = 0
        if not self.over.done():
            self.over.set_result(None)

    def is_idle(self) -> None:
        """A connection has nothing left to send."""
        self.open -= 1
        if not self.open:
            self.end()


class Connection(asyncio.Protocol):
    """Sends one request after another, each when the last is answered."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.expect = run.plan.expect
        self.waiting = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvloop's own class
        self.transport = transport
        self.closes = False
        self.held = b""
        self.needed = 0
        if self.waiting:  # the server closed the last connection in the middle: say it again
            self.transport.write(self.request)
        else:
            self.send()

    def send(self) -> None:
        if self.take():
            self.transport.write(self.request)

    def take(self) -> bool:
        """Take the next request; without one, the connection has done its work."""
        request = self.run.next()
        if request is None:
            self.waiting = False
            self.transport.close()
            self.run.is_idle()
            return False
        self.request = request
        self.waiting = True
        self.began = perf_counter_ns()
        return True

    def data_received(self, data: bytes) -> None:
        if self.held:
            data = self.held + data
        if not self.needed or len(data) < self.needed:
            head = data.find(b"\r\n\r\n")
            if head < 0:
                self.held = data
                return
            length, self.closes = read_head(data[:head])
            self.needed = head + 4 + length
            if len(data) < self.needed:
                self.held = data
                return
        run = self.run
        run.times.append(perf_counter_ns() - self.began)
        run.answers += 1
        if self.expect not in data:
            run.wrong += 1
            run.sample = run.sample or data
        self.held = b""
        self.needed = 0
        if not self.closes:
            self.send()
        elif self.take():
            self.transport.close()  # the next request goes out on a new connection

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting and self.run.left > 0:
            self.again = asyncio.ensure_future(connect(self.run, self))
        else:
            self.waiting = False


def read_head(head: bytes) -> tuple[int, bool]:
    """Return the length of the body that follows, and whether the server closes the connection afterwards."""
    head = head.lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return length, b"connection: close" in head


class Idler:
    """Keeps the event loop from sleeping, and counts the time in which it would have."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.seconds = 0.0
        self.answers = 0
        self.last = perf_counter()
        self.loop = asyncio.get_running_loop()

    def spin(self) -> None:
        now = perf_counter()
        if self.run.answers == self.answers:
            self.seconds += now - self.last
        self.answers = self.run.answers
        self.last = now
        if self.run.left > 0:
            self.loop.call_soon(self.spin)


async def connect(run: Run, connection: Connection) -> None:
    """Open a connection; an address that does not answer ends the run."""
    try:
        await asyncio.get_running_loop().create_connection(lambda: connection, "127.0.0.1", run.plan.port)
    except OSError as error:
        run.wrong += 1
        run.sample = run.sample or str(error).encode()
        run.end()


async def carry_out(plan: Plan) -> Outcome:
    """Send what the plan says, and count."""
    run = Run(plan)
    for _ in range(plan.connections):
        await connect(run, Connection(run))
    if not plan.count and plan.repeat:
        await asyncio.sleep(plan.warm_up)
    run.start_over()
    began, own, server = perf_counter(), process_time(), cpu_of(plan.server)
    idler = Idler(run)
    if plan.spin:
        idler.spin()
    if not plan.count and plan.repeat:
        asyncio.get_running_loop().call_later(plan.seconds, run.end)
    async with asyncio.timeout(LONGEST):
        await run.over
    took, spent, server_end = perf_counter() - began, process_time() - own, cpu_of(plan.server)
    idle = idler.seconds if plan.spin else took - spent
    times = sorted(run.times)
    return Outcome(
        answers=run.answers,
        seconds=took,
        taken=run.taken,
        wrong=run.wrong,
        sample=run.sample,
        p50=times[len(times) // 2] / 1000 if times else 0.0,
        p99=times[len(times) * 99 // 100] / 1000 if times else 0.0,
        idle=idle,
        server_cpu=None if server is None or server_end is None else server_end - server,
    )


def main() -> None:
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(carry_out(plan))
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
