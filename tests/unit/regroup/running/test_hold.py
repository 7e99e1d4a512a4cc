"""Locks beside files: one process at a time, and nothing is left behind."""

from pathlib import Path

import pytest

from fenzu.database import locks
from fenzu.database.locks import is_held
from fenzu.errors import AccountInUse, StoreError
from fenzu.regroup._running.hold import locked


@pytest.fixture(autouse=True)
def _no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(locks, "PAUSE", 0.0)


def test_a_lock_keeps_others_out_and_leaves_nothing(tmp_path: Path) -> None:
    """While it is held a second one is refused; afterwards there is no file left, and it can be had again."""
    plan = str(tmp_path / "crm.plan")
    with locked([plan, plan]):
        assert is_held(plan)
        with pytest.raises(AccountInUse, match="another process"), locked([plan]):
            pass
        assert is_held(plan)
    assert list(tmp_path.iterdir()) == []
    assert not is_held(plan)
    with locked([plan]):
        pass


def test_a_lock_whose_process_has_died_is_free(tmp_path: Path) -> None:
    """A file that was left behind by a crash keeps nobody out."""
    (tmp_path / "crm.plan.lock").touch()
    assert not is_held(str(tmp_path / "crm.plan"))
    with locked([str(tmp_path / "crm.plan")]):
        pass


def test_a_lock_that_is_removed_while_it_is_taken_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever locks a file that its holder has just removed has locked nothing, and tries again."""
    plan = str(tmp_path / "crm.plan")
    removed: list[bool] = []
    lock = locks._is_locked

    def remove_first(descriptor: int) -> bool:
        if not removed:
            removed.append(True)
            Path(f"{plan}.lock").unlink()
        return lock(descriptor)

    monkeypatch.setattr(locks, "_is_locked", remove_first)
    with locked([plan]):
        assert is_held(plan)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Where no lock can be made, the words say which file it would have been."""
    with pytest.raises(StoreError, match="cannot be made"), locked([str(tmp_path / "nowhere" / "crm.plan")]):
        pass
