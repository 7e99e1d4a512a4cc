"""What it costs to import fenzu and to start its command, over a bare interpreter. Time on the clock, from spawn to end."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from bench import measure
from bench.report import Row, at_most, compare
from bench.settings import Settings

BARE = "bare interpreter"
WANTED = {
    "import fenzu": 1.5,
    "from fenzu import Client": 5.0,
    "fenzu --version": 2.0,
    "fenzu --help": 6.0,
}


def measure_imports(settings: Settings) -> Iterator[Row]:
    """Start each of them in turn."""
    command = shutil.which("fenzu", path=str(Path(sys.executable).parent)) or "fenzu"
    sides = {
        BARE: (sys.executable, "-c", "pass"),
        "import fenzu": (sys.executable, "-c", "import fenzu"),
        "from fenzu import Client": (sys.executable, "-c", "from fenzu import Client"),
        "fenzu --version": (command, "--version"),
        "fenzu --help": (command, "--help"),
    }
    runs: dict[str, Callable[[], float]] = {name: partial(start, words) for name, words in sides.items()}
    found = measure.interleave(settings.take(31, 7), runs)
    for name, wanted in WANTED.items():
        yield compare(name, "ms", found[name], found[BARE], BARE, at_most(wanted))


def start(words: Sequence[str]) -> float:
    """Return the milliseconds from spawn to end."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = perf_counter()
    child = os.posix_spawn(words[0], words, os.environ, file_actions=quiet)
    _, status = os.waitpid(child, 0)
    took = perf_counter() - began
    if status:
        raise RuntimeError(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return took * 1000
