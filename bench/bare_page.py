"""A page as bare as can be on the console's own parts: Starlette, Jinja and fifty rows that stand in memory.

What the console takes beyond that is its own: the gate, the mirror, the groups. Prints its port when it listens.
"""

import asyncio
import socket

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

ROWS = [(f"oFzu{number:024}", f"客户 {number}", "华东媒", "2026-01-01") for number in range(50)]
PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>followers</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


async def page(_: Request) -> HTMLResponse:
    """Render the rows."""
    return HTMLResponse(PAGE.render(rows=ROWS))


def main() -> None:
    """Serve until the process is ended."""
    # asyncio turns Nagle's algorithm off where the socket says that it speaks TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(Starlette(routes=[Route("/", page)]), access_log=False, log_level="warning")
        asyncio.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
