"""Short programs that use the async client have to end as they mean to."""

import subprocess
import sys

SCRIPT = """
import asyncio
from fenzu import AsyncClient
from fenzu.errors import TransportError

async def main():
    async with AsyncClient("wx", "a-secret", base_url="http://127.0.0.1:1", deadline=0.01) as account:
        try:
            await account.groups.list()
        except TransportError:
            print("refused")

asyncio.run(main())
"""


def test_the_end_of_a_short_program(full: bool) -> None:
    """A program that ends right after an async call ends with 0; Python is not aborted by the HTTP library's thread."""
    for _ in range(100 if full else 20):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "refused\n", "")
