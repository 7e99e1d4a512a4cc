"""The key of a control port: read from a file at the start, and never shown. Knows no request."""

import os
import stat
from pathlib import Path

from fenzu.errors import UsageError
from fenzu.wire.words import Words

LEAST = 16
MOST = 4096
"""Characters; no header should be longer."""


def read_key(path: str) -> bytes:
    """Return the key that a file holds, without the line's end.

    Raises `UsageError` for a file that cannot be read, that others can read, or whose content is no key.
    """
    try:
        with Path(path).open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(MOST + 2).rstrip(b"\r\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            Words(f"cannot read the key file {path}: {reason}", f"无法读取密钥文件 {path}：{reason}")
        ) from None
    if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
        raise UsageError(
            Words(f"others can read the key file {path}", f"密钥文件 {path} 可被其他用户读取"),
            Words(f"chmod 600 {path}", f"chmod 600 {path}"),
        )
    if not LEAST <= len(key) <= MOST or not all(0x21 <= byte <= 0x7E for byte in key):
        raise UsageError(
            Words(
                f"the key file {path} has to hold one line of {LEAST} or more visible ASCII characters",
                f"密钥文件 {path} 须为一行，至少 {LEAST} 个可见 ASCII 字符，不含空格",
            ),
            Words(
                f"for instance: openssl rand -hex 32 > {path}; chmod 600 {path}",
                f"例如：openssl rand -hex 32 > {path}; chmod 600 {path}",
            ),
        )
    return key
