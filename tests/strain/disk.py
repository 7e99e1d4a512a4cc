"""A disk that forgets what was not synced: an SQLite file system that writes down what happens to its files, in order.

SQLite works on real files through it. Afterwards `cut` tells, for any moment of the recorded time, what a disk may hold
whose power failed at that moment: all that was synced before, and of the rest any part, in any order, torn at sectors.
Shared memory is no part of it: it does not outlive the power either. It knows nothing of what is stored.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import apsw
import msgspec
from typing_extensions import override

SECTOR = 512
JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
Forgets = Literal["everything", "something"]


class Create(msgspec.Struct, frozen=True):
    """A journal was made that was not there; SQLite syncs the folder along with its first sync."""

    name: str


class Write(msgspec.Struct, frozen=True):
    """Bytes were written into a file."""

    name: str
    offset: int
    content: bytes


class Truncate(msgspec.Struct, frozen=True):
    """A file was cut to a size."""

    name: str
    size: int


class Sync(msgspec.Struct, frozen=True):
    """What had been done to a file before is on the disk."""

    name: str


class Lose(msgspec.Struct, frozen=True):
    """A sync failed: of what was pending any part is on the disk, and no later sync will bring the rest.

    So do the file systems of Linux: the pages count as written, whoever reads them finds what the disk does not have.
    """

    name: str


class Delete(msgspec.Struct, frozen=True):
    """A file was removed; if its folder was not synced, the disk may still have it."""

    name: str
    synced: bool


class Note(msgspec.Struct, frozen=True):
    """The test did or saw something at this moment."""

    what: object


Event = Create | Write | Truncate | Sync | Lose | Delete | Note


class Disk:
    """What happened to the files of one folder, in order, and what the test noted between."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.syncs = 0
        self.fails: Callable[[int], bool] = lambda _: False
        """Tells of the n-th sync whether it fails."""
        self._lock = threading.Lock()

    def record(self, event: Event) -> None:
        """Write down that something happened now."""
        with self._lock:
            self.events.append(event)

    def sync(self, name: str) -> None:
        """Sync a file, or fail to."""
        self.syncs += 1
        if self.fails(self.syncs):
            self.record(Lose(name))
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        self.record(Sync(name))

    @contextmanager
    def mounted(self, name: str) -> Iterator[None]:
        """Make the disk known to SQLite as the file system `name`."""
        system = _FileSystem(name, self)
        try:
            yield
        finally:
            system.unregister()

    def cut(
        self, moments: Sequence[int], forgets: Forgets, rng: random.Random
    ) -> Iterator[tuple[int, "Image"]]:
        """For each moment, in rising order, tell what the disk holds if the power fails just before that event."""
        image = Image(rng=random.Random(rng.random()))
        position = 0
        for moment in sorted(moments):
            for event in self.events[position:moment]:
                image.take(event)
            position = moment
            yield moment, image.after_power_cut(forgets, rng)


class Image:
    """The files as they are on the disk, and what was done to each since its last sync."""

    def __init__(self, files: dict[str, bytes] | None = None, rng: random.Random | None = None) -> None:
        self._rng = rng or random.Random(0)
        self.files = dict(files or {})
        self.pending: dict[str, list[Write | Truncate]] = {}
        self.made: set[str] = set()
        self.removed: set[str] = set()
        """Made or removed, but the disk's folder does not know it yet."""

    def take(self, event: Event) -> None:
        """Let one event happen."""
        match event:
            case Create(name):
                self.files.pop(name, None)
                self.removed.discard(name)
                self.made.add(name)
            case Write(name) | Truncate(name):
                self.pending.setdefault(name, []).append(event)
            case Sync(name):
                self.files[name] = _applied(self.files.get(name, b""), self.pending.pop(name, []))
                if name in self.made:
                    self._sync_folder()
            case Lose(name):
                kept = _some(self.pending.pop(name, []), self._rng)
                self.files[name] = _applied(self.files.get(name, b""), kept)
            case Delete(name, synced):
                self.pending.pop(name, None)
                self.removed.add(name)
                if synced:
                    self._sync_folder()
            case Note():
                pass

    def _sync_folder(self) -> None:
        for name in self.removed:
            self.files.pop(name, None)
        self.made.clear()
        self.removed.clear()

    def after_power_cut(self, forgets: Forgets, rng: random.Random) -> "Image":
        """Return what is found when the power is back."""
        image = Image(self.files)
        if forgets == "everything":
            return image
        for name, steps in self.pending.items():
            image.files[name] = _applied(image.files.get(name, b""), _some(steps, rng))
        return image

    def write_to(self, folder: Path) -> None:
        """Write the files into an empty folder."""
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def _applied(content: bytes, steps: Sequence[Write | Truncate]) -> bytes:
    result = bytearray(content)
    for step in steps:
        if isinstance(step, Truncate):
            del result[step.size :]
            continue
        end = step.offset + len(step.content)
        if len(result) < end:
            result.extend(bytes(end - len(result)))
        result[step.offset : end] = step.content
    return bytes(result)


def _some(steps: Sequence[Write | Truncate], rng: random.Random) -> list[Write | Truncate]:
    return [_torn(step, rng) for step in steps if rng.random() < 0.5]


def _torn(step: Write | Truncate, rng: random.Random) -> Write | Truncate:
    """Keep a write whole or, now and then, only its first sectors."""
    if isinstance(step, Truncate) or len(step.content) <= SECTOR or rng.random() < 0.7:
        return step
    kept = SECTOR * rng.randrange(1, len(step.content) // SECTOR + 1)
    return Write(step.name, step.offset, step.content[:kept])


class _FileSystem(apsw.VFS):
    """Hands out files that write down what is done to them."""

    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, base="")
        self.disk = disk

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        is_new_journal = bool(
            flags[0] & JOURNALS and flags[0] & apsw.SQLITE_OPEN_CREATE and not path.exists()
        )
        file = _File(self.disk, path.name, name, flags)
        if is_new_journal:
            self.disk.record(Create(path.name))
        return file

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self.disk.record(Delete(Path(filename).name, bool(syncdir)))


class _File(apsw.VFSFile):
    """A real file; its disk is told of each step. Nothing is truly synced, since this disk is only thought of."""

    def __init__(self, disk: Disk, name: str, path: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", path, flags)
        self.disk = disk
        self.name = name

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self.disk.record(Write(self.name, offset, bytes(data)))

    @override
    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self.disk.record(Truncate(self.name, newsize))

    @override
    def xSync(self, flags: int) -> None:
        self.disk.sync(self.name)
