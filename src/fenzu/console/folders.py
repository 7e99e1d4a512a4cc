"""Folders that are the owner's alone, and why one cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fenzu.errors import StoreError
from fenzu.wire.words import Words


def make_folder(folder: Path) -> None:
    """Make a folder that is the owner's alone; one that is there is left as it is."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in words, as a `StoreError`, why a folder cannot be written."""
    try:
        yield
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise StoreError(
            Words(f"{folder} cannot be written: {reason}", f"无法写入 {folder}：{reason}"),
            Words(
                "look whether there is room on the disk, and who may write there", "请检查磁盘空间和写权限"
            ),
        ) from None
