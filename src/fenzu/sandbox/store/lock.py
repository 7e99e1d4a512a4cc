"""One sandbox a store: a lock file beside it, held as long as the process lives. Knows nothing of what it guards.

The lock is on a file of its own, because on some systems locks on the store itself would be SQLite's, too. The kernel
frees it when the process ends, however it ends. Windows has no `fcntl`: there nobody is kept out.
"""

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # asked for below


class Lock:
    """A lock that is held from `take` to `free`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock; False if another process, or another sandbox in this one, holds it."""
        if fcntl is None:
            return True
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            if self._is_current(descriptor):
                self._descriptor = descriptor
                return True
            os.close(descriptor)  # its last holder removed the file meanwhile

    def free(self) -> None:
        """Free the lock and remove its file; doing it twice does nothing."""
        if self._descriptor is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def _is_current(self, descriptor: int) -> bool:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(descriptor))
