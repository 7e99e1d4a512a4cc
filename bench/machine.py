"""What a run was made on and of: machine, commit, versions. A figure without these is worth nothing."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("fenzu", "pyreqwest", "uvicorn", "uvloop", "httptools", "msgspec", "apsw", "wechatpy", "moto")


def describe(folder: Path) -> dict[str, str]:
    """Tell machine, commit and versions; `folder` is where the stores lie."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory()}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "stores": f"{_filesystem(folder)}",
        "load": _load(),
        "versions": ", ".join(_version(name) for name in PACKAGES),
        "commit": _commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} missing"


def _commit() -> str:
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "no git"
    return f"{head} with changes" if _git("status", "--porcelain", "--", "src", "bench") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=10
        )
    except OSError:
        return ""
    return done.stdout.strip()


def _processor() -> str:
    return _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    total = _field("/proc/meminfo", "MemTotal")
    return f"{int(total.split()[0]) / 1024**2:.0f} GiB" if total else "memory unknown"


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = [line.partition(":")[2].strip() for line in lines if line.startswith(name)]
    return found[0] if found else ""


def _filesystem(folder: Path) -> str:
    """Say what the stores lie on: in memory, a commit costs nothing."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return "unknown file system"
    above = [(mount[1], mount[2]) for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else "unknown file system"


def _load() -> str:
    """Say how busy the machine was at the start: above 0.2 or so, ratios tell something and absolutes nothing."""
    return f"{os.getloadavg()[0]:.2f} at the start"
