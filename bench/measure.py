"""Taking measures side by side: rounds in which each side has its turn, and what a process has cost so far."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

TICKS = os.sysconf("SC_CLK_TCK")


T = TypeVar("T")


def interleave(rounds: int, sides: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Measure each side once a round, each round beginning with another one; a first round warms up and is dropped."""
    names = list(sides)
    found: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            value = sides[name]()
            if number:
                found[name].append(value)
    return found


def cpu_per_call(call: Callable[[], object], calls: int) -> float:
    """Return the processor time of this whole process for one call, in microseconds."""
    before = process_time()
    for _ in range(calls):
        call()
    return (process_time() - before) / calls * 1e6


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    before = perf_counter()
    call()
    return perf_counter() - before


def cpu_of(pid: int) -> float | None:
    """Return the processor seconds that another process has used, where /proc tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid: int) -> float | None:
    """Return the memory that a process holds, in MiB, where /proc tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0]) / 1024 if found else None
