"""All routes of the control port, and which of them a request is for."""

from collections.abc import Mapping
from urllib.parse import unquote

from fenzu.sandbox.control import accounts, clock, events, faults, quota, requests, snapshots, whole
from fenzu.sandbox.control.route import Route

ROUTES: tuple[Route, ...] = (
    *whole.ROUTES,
    *accounts.ROUTES,
    *clock.ROUTES,
    *faults.ROUTES,
    *quota.ROUTES,
    *requests.ROUTES,
    *snapshots.ROUTES,
    *events.ROUTES,
)


def find(path: str) -> tuple[dict[str, Route], Mapping[str, str]]:
    """Return the routes of a path by method, none for an unknown one, and the names that the path holds."""
    segments = path.split("/")
    found: dict[str, Route] = {}
    names: dict[str, str] = {}
    for route in ROUTES:
        held = _match(route.path.split("/"), segments)
        if held is not None:
            found[route.method] = route
            names = held
    return found, names


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    names = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{") and given:
            names[wanted[1:-1]] = unquote(given)
        elif wanted != given:
            return None
    return names
