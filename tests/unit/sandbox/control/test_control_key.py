"""The file that holds the control port's key: what is taken, what is refused, and that nothing of it is shown."""

from pathlib import Path

import pytest

from fenzu.errors import UsageError
from fenzu.sandbox.control.key import read_key

KEY = b"CANARY-0123456789"


def file_of(folder: Path, content: bytes, mode: int = 0o600) -> str:
    file = folder / "key"
    file.write_bytes(content)
    file.chmod(mode)
    return str(file)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_key_is_the_line(tmp_path: Path, end: bytes) -> None:
    """However an editor ends the line, the key is what stands in it."""
    assert read_key(file_of(tmp_path, KEY + end)) == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_can_read_is_none(tmp_path: Path, mode: int) -> None:
    """A file that is open to other users is refused, with the command that mends it."""
    with pytest.raises(UsageError, match="chmod 600"):
        read_key(file_of(tmp_path, KEY, mode))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"CANARY-01234567", b"CANARY 0123456789", b"CANARY-0123456789\nand more", b"\xe5" * 20],
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    """Too short, two lines, spaces or no ASCII: the refusal says what a key is and shows nothing of the file."""
    with pytest.raises(UsageError, match="one line of 16 or more") as refused:
        read_key(file_of(tmp_path, content))
    assert "CANARY" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Nobody runs without a key that was asked for."""
    with pytest.raises(UsageError, match="cannot read the key file"):
        read_key(str(tmp_path / "none"))
