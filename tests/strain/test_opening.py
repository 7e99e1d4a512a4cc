"""Whatever fails while a store is opened is told in words, and the store opens once the trouble is over."""

import shutil
from pathlib import Path

import pytest

from fenzu.errors import StoreError
from fenzu.sandbox.platform import Platform
from tests.strain.inside import Inside, make_account, opened
from tests.strain.trouble import Trouble, mounted

FOLLOWERS = [f"oO{number:026d}" for number in range(20)]


@pytest.fixture(params=["new", "closed", "killed"])
async def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with no store yet, with one that was closed, or with one that was killed and has a log."""
    made, copy = tmp_path / "made", tmp_path / "copy"
    made.mkdir()
    if request.param != "new":
        async with opened(made / "store") as platform:
            query = await make_account(platform, FOLLOWERS)
            move = {"openid_list": FOLLOWERS, "to_groupid": 2}
            await Inside(platform).call(f"/cgi-bin/groups/members/batchupdate?{query}", move)
            if request.param == "killed":
                shutil.copytree(made, copy)
        return copy if request.param == "killed" else made
    return made


def open_with(folder: Path, trouble: Trouble) -> StoreError | None:
    """Open the store while one operation fails, and return the refusal."""
    with mounted(trouble) as vfs:
        try:
            platform = Platform.open(str(folder / "store"), vfs=vfs)
        except StoreError as error:
            return error
        trouble.end()
        platform.close()
    return None


def test_each_failure_at_open_is_told_in_words(folder: Path, tmp_path: Path, full: bool) -> None:
    """One operation after the other fails once, reads, writes, syncs, locks: each time there are words, no trace."""
    whole = Trouble()
    shutil.copytree(folder, tmp_path / "counted")
    assert open_with(tmp_path / "counted", whole) is None
    refused = set()
    for at in range(1, whole.total + 1, 1 if full else 11):
        trouble, copy = Trouble(at), tmp_path / f"copy-{at}"
        shutil.copytree(folder, copy)
        if error := open_with(copy, trouble):
            assert error.advice.en and error.say("zh")
            refused.add(trouble.what)
        Platform.open(str(copy / "store")).close()
    assert refused
