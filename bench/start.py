"""How soon a sandbox answers after its start, against moto_server in the same rounds."""

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from bench import servers
from bench.measure import interleave
from bench.report import Row, at_most, compare, lacking, lone
from bench.settings import Settings
from fenzu.testing import SandboxProcess

MOTO = "moto_server"
READY = at_most(0.8, of="value")
HALF = at_most(0.5)


def measure_start(settings: Settings) -> Iterator[Row]:
    """Count from the spawn to the first answer over HTTP, as a test that waits for its server would."""
    why = servers.lacks("moto")
    sides: dict[str, Callable[[], float]] = {"plain": start_sandbox, "demo": start_demo}
    if not why:
        sides[MOTO] = start_moto
    found = interleave(settings.take(7, 2), sides)
    what = "ready after start"
    yield lone(what, "s", median(found["plain"]), READY)
    if why:
        yield lacking(what, "s", MOTO, why, HALF)
    else:
        yield compare(what, "s", found["plain"], found[MOTO], MOTO, HALF)
    yield lone("ready after start, --demo (72,645 followers)", "s", median(found["demo"]))


def start_sandbox(*arguments: str) -> float:
    """Return the seconds to the first answer."""
    began = perf_counter()
    with SandboxProcess(*arguments) as process:
        assert servers.answers(urlsplit(process.ready.base_url).port or 0)
        return perf_counter() - began


def start_demo() -> float:
    """Return the seconds to the first answer of the demo's account."""
    return start_sandbox("--demo")


def start_moto() -> float:
    """Return the seconds to the first answer."""
    began = perf_counter()
    with servers.moto():
        return perf_counter() - began
