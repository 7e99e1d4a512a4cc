"""Whatever bytes arrive, each connection gets documented answers or a close, soon, and costs nothing that stays."""

import asyncio
import json
import random
import secrets
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fenzu.sandbox.http.limits import REFUSALS
from fenzu.testing import SandboxProcess
from fenzu.wire import ERRCODES
from tests.strain.malformed import Message, make_message

AT_ONCE = 64
CLOSED_SECONDS = 15.0
"""Ten seconds for what is not complete, and some for a busy machine."""
MEBIBYTE = 1024 * 1024
MEMORY = 256 * MEBIBYTE
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.timeout(600)
async def test_malformed_http_is_refused_or_closed(full: bool) -> None:
    """A thousand messages (FULL=1: ten thousand, of another seed each time): no crash, no hang, no unknown answer."""
    seed = secrets.randbelow(1 << 32) if full else 9110
    rng = random.Random(seed)
    messages = [make_message(rng) for _ in range(10_000 if full else 1_000)]
    if (
        not full
    ):  # who waits is let go after nine seconds; tests/process/test_limits.py tries that in any case
        messages = [message for message in messages if message.ending != "wait"]
    with SandboxProcess() as sandbox:
        before = open_files(sandbox.ready.pid)
        found, limit = Counter[str](), asyncio.Semaphore(AT_ONCE)

        async def try_one(message: Message) -> None:
            async with limit:
                answer = await exchange(sandbox.ready.base_url, message)
            try:
                found.update(judge(message, answer))
            except Exception as error:
                told = f"{message.kind}: {message.content[:300]!r} got {answer[:500]!r}"
                raise AssertionError(f"seed {seed}, {told}") from error

        await asyncio.gather(*map(try_one, messages))
        assert judge(Message("good", b"", 1), await exchange(sandbox.ready.base_url, GOOD)) == ["200"]
        assert await settled(sandbox.ready.pid, before + 2)
        assert peak_memory(sandbox.ready.pid) < MEMORY
        assert "Traceback" not in sandbox.stderr, sandbox.stderr
    assert {"200", "400", "403", "413", "431"} | ({"408"} if full else set()) <= set(found), found


GOOD = Message("good", b"GET /cgi-bin/groups/get HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 1)


async def exchange(url: str, message: Message) -> bytes:
    """Send a message on a connection of its own and return all that comes until the other side closes."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        try:
            writer.write(message.content)
            await asyncio.wait_for(writer.drain(), CLOSED_SECONDS)
            if message.ending == "reset":
                writer.transport.abort()
                return b""
            if message.ending == "end":
                writer.write_eof()
        except OSError:  # refused before all was sent
            pass
        return await asyncio.wait_for(read_all(reader), CLOSED_SECONDS)
    finally:
        writer.transport.abort()


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Read until the other side closes, in good order or not."""
    pieces = []
    try:
        while piece := await reader.read(65536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def judge(message: Message, answer: bytes) -> list[str]:
    """Return the statuses of all answers; fails where one is no documented answer, or one too many."""
    found = []
    while answer:
        if answer.startswith(CONTINUE):
            answer = answer.removeprefix(CONTINUE)
            continue
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1].decode()
        found.append(status)
        if status != "200":
            assert answer in REFUSALS.values(), "a refusal is one of those that are told, and the last answer"
            break
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        assert b"content-type: application/json; encoding=utf-8" in head
        value = json.loads(rest[:length])
        assert set(value) == {"errcode", "errmsg"}
        assert value["errcode"] in ERRCODES
        answer = rest[length:]
    assert found.count("200") <= message.at_most, f"{found.count('200')} were carried out"
    return found


def open_files(pid: int) -> int:
    """Return how many files and sockets a process has open; 0 where that is not told."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir())) if sys.platform == "linux" else 0


async def settled(pid: int, files: int) -> bool:
    """Wait until the process has closed its connections, and tell whether it has."""
    for _ in range(150):
        if open_files(pid) <= files:
            return True
        await asyncio.sleep(0.1)
    return False


def peak_memory(pid: int) -> int:
    """Return the most memory that a process ever had, in bytes; 0 where that is not told."""
    if sys.platform != "linux":
        return 0
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
