"""What can be wrong with a store file, in words."""

from pathlib import Path

import apsw

from fenzu.errors import StoreError
from fenzu.wire.words import Words


def not_ours(file: Path) -> StoreError:
    """Return the error for somebody else's file."""
    return StoreError(
        Words(f"{file} is not a store of the fenzu sandbox", f"{file} 不是 fenzu 沙箱的存储"),
        Words("give another --store; the file was left as it is", "换一个 --store；该文件未被改动"),
    )


def broken(file: Path) -> StoreError:
    """Return the error for a store that is not whole."""
    return StoreError(
        Words(f"the store {file} is damaged", f"存储 {file} 已损坏"),
        Words("restore a copy of it, or give another --store", "恢复备份，或换一个 --store"),
    )


def explain(error: Exception, file: Path) -> StoreError:
    """Return in words what SQLite complains of, or a row that makes no sense."""
    if isinstance(error, apsw.NotADBError):
        return not_ours(file)
    if isinstance(error, apsw.CorruptError | ValueError):
        return broken(file)
    return StoreError(
        Words(f"cannot use the store {file}: {error}", f"无法使用存储 {file}：{error}"),
        Words("check the disk and the permissions", "检查磁盘空间和权限"),
    )
