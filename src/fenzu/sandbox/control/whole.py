"""The control port's routes about the sandbox as a whole."""

from fenzu.sandbox.control.controlled import Controlled, Health
from fenzu.sandbox.control.route import Asked, Done, Route


async def health(platform: Controlled, _asked: Asked) -> Health:
    """Tell that the sandbox is ready."""
    return platform.health()


async def reset_all(platform: Controlled, _asked: Asked) -> Done:
    """Empty all accounts."""
    await platform.reset_all()
    return Done()


ROUTES = (
    Route("GET", "/health", health, Health),
    Route("POST", "/reset", reset_all, Done),
)
