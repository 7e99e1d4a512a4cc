"""Which process holds a lease, and whether it is gone for certain. It knows nothing of tokens and files.

Elsewhere than on Linux a process number that was given out anew counts as alive; a lease then runs to its end.
"""

import os
import platform
from pathlib import Path

import msgspec

PROC = Path("/proc")


class Holder(msgspec.Struct, frozen=True):
    """A process: on which host since which boot, under which number, started when (in the kernel's own count)."""

    host: str
    pid: int
    started: str


def this_process() -> Holder:
    """Return who is asking."""
    pid = os.getpid()
    return Holder(_this_host(), pid, _started(pid) or "")


def is_gone(holder: Holder) -> bool:
    """Whether the process has ended; False for one of another host, boot or container, which nobody here can see."""
    if holder.host != _this_host():
        return False
    if holder.started:
        return _started(holder.pid) != holder.started
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # somebody else's process, but there
    return False


def _this_host() -> str:
    """Return a name that two machines, two boots and two containers never share, where the system tells."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{platform.node()} {boot} {(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return platform.node()


def _started(pid: int) -> str | None:
    """Return when a process started; None where it is gone, waits for its burial, or the system does not tell."""
    try:
        state, *fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else fields[18]
