"""What it costs to import fenzu and to start its command, over a bare interpreter: by the clock, from spawn to end."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from bench import clean_env, measure
from bench.report import Row, at_most, compare
from bench.settings import Settings

BARE = "bare interpreter"
WANTED = {
    "import fenzu": 1.5,
    "from fenzu import Client": 5.0,
    "fenzu --version": 2.0,
    "fenzu --help": 6.0,
}


ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
"""Whatever is set for working on fenzu changes how an interpreter starts."""


def measure_imports(settings: Settings) -> Iterator[Row]:
    """Start each of them in turn, in an environment that holds fenzu and what it needs."""
    programs = clean_env.make(Path(settings.folder) / "environment")
    python, command = str(programs / "python"), str(programs / "fenzu")
    sides: dict[str, tuple[str, ...]] = {
        BARE: (python, "-c", "pass"),
        "import fenzu": (python, "-c", "import fenzu"),
        "from fenzu import Client": (python, "-c", "from fenzu import Client"),
        "fenzu --version": (command, "--version"),
        "fenzu --help": (command, "--help"),
    }
    runs: dict[str, Callable[[], float]] = {name: partial(start, words) for name, words in sides.items()}
    found = measure.interleave(settings.take(31, 7), runs)
    for name, wanted in WANTED.items():
        yield compare(name, "ms", found[name], found[BARE], BARE, at_most(wanted))


def start(words: tuple[str, ...]) -> float:
    """Return the milliseconds from spawn to end."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = perf_counter()
    child = os.posix_spawn(words[0], words, ENVIRONMENT, file_actions=quiet)
    _, status = os.waitpid(child, 0)
    took = perf_counter() - began
    if status:
        raise RuntimeError(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return took * 1000
