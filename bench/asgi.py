"""Any ASGI application on the sandbox's own HTTP server with the sandbox's limits; prints its port when it listens."""

import asyncio

import uvloop
from uvicorn._types import ASGI3Application

from fenzu.sandbox.http.limits import Limits
from fenzu.sandbox.http.listen import Listener, bind


def serve(app: ASGI3Application) -> None:
    """Serve until the process is ended."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app))


async def _serve(app: ASGI3Application) -> None:
    sock = bind("127.0.0.1", 0, "")
    await Listener(sock, app, Limits()).start()
    print(sock.getsockname()[1], flush=True)
    await asyncio.Event().wait()
