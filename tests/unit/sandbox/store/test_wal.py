"""A log that was damaged in the middle is told from one that a kill or a failing disk has ended."""

import shutil
from pathlib import Path

import pytest
from tests.fixtures.world import ANA, BEN, World

from fenzu.errors import StoreError

HEAD, FRAME = 32, 24 + 4096


@pytest.fixture
async def killed(tmp_path: Path) -> Path:
    """A store as a kill leaves it: a dozen moves stand in its log, several of them in a frame of their own."""
    made, copy = tmp_path / "made", tmp_path / "killed"
    made.mkdir()
    world = World(store=str(made / "store"))
    tenant = await world.tenant(appid="wx1", secret="s", followers=[ANA, BEN])
    for number in range(12):
        await tenant.post("groups/members/update", {"openid": ANA, "to_groupid": number % 3})
    shutil.copytree(made, copy)
    world.platform.close()
    return copy / "store-wal"


def overwrite(log: Path, at: int, content: bytes) -> None:
    with log.open("r+b") as file:
        file.seek(at, 0 if at >= 0 else 2)
        file.write(content)


def open_store(log: Path) -> None:
    World(store=str(log.with_name("store"))).platform.close()


@pytest.mark.parametrize("at", [0, 12, 24, HEAD, HEAD + 8, HEAD + 500, HEAD + 3 * FRAME + 30])
def test_damage_with_commits_behind_it(killed: Path, at: int) -> None:
    """Nonsense in the log's head or in a frame with commits behind it: damaged, and nothing was changed."""
    overwrite(killed, at, b"\xa5\x5a\xa5")
    before = killed.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        open_store(killed)
    assert killed.read_bytes() == before


@pytest.mark.parametrize("length", [0, 10, HEAD, HEAD + 100, HEAD + 2 * FRAME, HEAD + 2 * FRAME + 1])
def test_a_log_that_breaks_off(killed: Path, length: int) -> None:
    """What was cut off is missing without a trace, as after a power cut: the rest is read."""
    with killed.open("r+b") as log:
        log.truncate(length)
    open_store(killed)


def test_the_last_frame(killed: Path) -> None:
    """Nonsense in the last frame looks like a commit that a power cut has caught."""
    overwrite(killed, -100, b"\xa5\x5a\xa5")
    open_store(killed)
