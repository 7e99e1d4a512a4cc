"""Room on a disk that a test takes away and gives back: a small file system of its own, or a limit to files' sizes."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

MEBIBYTE = 1024 * 1024


class Room(Protocol):
    """How a sandbox's store loses its room and gets it back."""

    def take(self, pid: int) -> None:
        """Leave none."""

    def give(self, pid: int) -> None:
        """Leave enough again."""


class Volume:
    """A file system in memory, filled up with a file."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def take(self, pid: int) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                return

    def give(self, pid: int) -> None:
        self._ballast.unlink()


class SizeLimit:
    """No file may grow beyond what the largest one in the folder has (RLIMIT_FSIZE, from outside)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, pid: int) -> None:
        largest = max(file.stat().st_size for file in self._folder.iterdir())
        self._set(pid, largest)

    def give(self, pid: int) -> None:
        self._set(pid, resource.RLIM_INFINITY)

    def _set(self, pid: int, size: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def volume(folder: Path, mebibytes: int) -> Iterator[Room | None]:
    """Mount a small file system on the folder; None where one may not."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield Volume(folder)
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=True)
