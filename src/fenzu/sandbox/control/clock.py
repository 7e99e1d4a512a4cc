"""The control port's routes about the sandbox's clock."""

from fenzu.sandbox.clock import Reading, Turn
from fenzu.sandbox.control.controlled import Controlled
from fenzu.sandbox.control.route import Asked, Route, body_as


async def read_clock(platform: Controlled, _asked: Asked) -> Reading:
    """Tell the sandbox's time and how its clock is set."""
    return platform.timekeeping.read()


async def turn_clock(platform: Controlled, asked: Asked) -> Reading:
    """Move the clock on, stop it, let it run faster."""
    return await platform.timekeeping.turn(body_as(Turn, asked))


async def free_clock(platform: Controlled, _asked: Asked) -> Reading:
    """Go back to real time."""
    return await platform.timekeeping.free()


ROUTES = (
    Route("GET", "/clock", read_clock, Reading),
    Route("POST", "/clock", turn_clock, Reading, Turn),
    Route("DELETE", "/clock", free_clock, Reading),
)
