"""Folders of stores that go when the process goes, and the remains of those that could not take theirs along."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from fenzu.sandbox.store.lock import Lock

PREFIX = "fenzu-sandbox-"
STORE = "store"
LOCK = STORE + ".lock"
MARK = "temporary"
"""A file that says that nobody keeps the folder; without it a folder is somebody's own, whatever its name."""
YOUNG = 60
"""Seconds in which a folder may still be on its way to being locked."""


def make_folder() -> "tempfile.TemporaryDirectory[str]":
    """Make a folder for a store that nobody keeps, and sweep up what killed sandboxes left."""
    sweep(Path(tempfile.gettempdir()))
    folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    Path(folder.name, MARK).touch()
    return folder


def sweep(parent: Path) -> None:
    """Remove folders that `make_folder` made and whose sandbox is gone: their lock is free."""
    if not hasattr(os, "getuid"):  # Windows, where no lock tells whose folder it is
        return
    for folder in parent.glob(PREFIX + "*"):
        try:
            found = folder.lstat()
            if (
                found.st_uid != os.getuid()
                or time.time() - found.st_mtime < YOUNG
                or not (folder / MARK).exists()
                or not (folder / LOCK).exists()
            ):
                continue
            lock = Lock(folder / LOCK)
            if lock.take():
                shutil.rmtree(folder, ignore_errors=True)
                lock.free()
        except OSError:  # somebody else's, or gone meanwhile
            continue
