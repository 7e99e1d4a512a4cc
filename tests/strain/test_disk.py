"""The forgetful disk does what a disk may do, so that a test on it can fail: tried with bare SQLite."""

import random
from pathlib import Path

import apsw
import pytest

from tests.strain.disk import Create, Delete, Disk, Image, Note, Sync, Truncate, Write


@pytest.mark.parametrize(("synchronous", "keeps"), [("FULL", True), ("NORMAL", False), ("OFF", False)])
def test_only_synced_commits_outlive_a_power_cut(tmp_path: Path, synchronous: str, keeps: bool) -> None:
    """A write-ahead log that is synced at each commit keeps every commit; one that is not loses some."""
    disk, rng = Disk(), random.Random(1)
    with disk.mounted("forgetful-bare"):
        connection = apsw.Connection(str(tmp_path / "a"), vfs="forgetful-bare")
        connection.pragma("journal_mode", "wal")
        connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, text TEXT)")
        connection.pragma("synchronous", synchronous)
        connection.pragma("wal_autocheckpoint", 40)
        begin = len(disk.events)
        for number in range(120):
            connection.execute("INSERT INTO kept VALUES (?, ?)", (number, "x" * 500))
            disk.record(Note(number))
        end = len(disk.events)
        connection.close()
    lost = 0
    for forgets in ("everything", "something"):
        for moment, image in disk.cut(rng.sample(range(begin, end), 60), forgets, rng):
            folder = tmp_path / f"{forgets}-{moment}"
            image.write_to(folder)
            done = {event.what for event in disk.events[:moment] if isinstance(event, Note)}
            lost += not done <= numbers_in(folder / "a")
    assert (lost == 0) == keeps


def numbers_in(path: Path) -> set[object]:
    """Return the numbers that a database holds; a broken one holds none."""
    connection = apsw.Connection(str(path))
    try:
        return {number for (number,) in connection.execute("SELECT number FROM kept")}
    except apsw.Error:
        return set()
    finally:
        connection.close()


def test_what_was_not_synced_may_be_there_or_not() -> None:
    """Of writes since the last sync the disk holds any part, whole or cut at a sector; what was synced is whole."""
    image = Image()
    for event in (
        Create("w"),
        Write("w", 0, b"a" * 2000),
        Sync("w"),
        Write("w", 1000, b"b" * 2000),
        Truncate("w", 2500),
    ):
        image.take(event)
    found = {image.after_power_cut("something", random.Random(seed)).files["w"] for seed in range(50)}
    assert image.after_power_cut("everything", random.Random()).files["w"] == b"a" * 2000
    assert {
        b"a" * 2000,
        b"a" * 1000 + b"b" * 2000,
        b"a" * 1000 + b"b" * 1500,
        b"a" * 1000 + b"b" * 512 + b"a" * 488,
    } <= found
    assert all(content.startswith(b"a" * 1000) for content in found)


def test_a_removed_file_is_gone_once_the_folder_is_synced() -> None:
    """A removal that was not synced is undone by a power cut; the first sync of a new journal settles it."""
    image = Image({"journal": b"old"})
    image.take(Delete("journal", synced=False))
    assert image.after_power_cut("everything", random.Random()).files == {"journal": b"old"}
    for event in (Create("wal"), Write("wal", 0, b"new"), Sync("wal")):
        image.take(event)
    assert image.after_power_cut("everything", random.Random()).files == {"wal": b"new"}
