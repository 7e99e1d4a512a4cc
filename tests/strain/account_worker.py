"""`fenzu worker` whose calls tell the platform which process has sent them: `python -m tests.strain.account_worker …`.

So the sandbox's log of requests tells who changed what when, whatever became of the process.
"""

import os
import sys

import msgspec

from fenzu.cli import edge
from fenzu.client.transport import AsyncHttpTransport, Request, Response


class Marking:
    """A transport that marks each call with the process."""

    def __init__(self) -> None:
        self._inner = AsyncHttpTransport(trust_env=False)

    async def send(self, request: Request) -> Response:
        """Send a request; a call has a query already, with its token."""
        if "?" in request.url:
            request = msgspec.structs.replace(request, url=f"{request.url}&worker={os.getpid()}")
        return await self._inner.send(request)

    async def aclose(self) -> None:
        """Stay open: the next run uses it too."""


if __name__ == "__main__":
    sys.exit(edge.call(["worker", *sys.argv[1:]], transport=Marking()))
