"""Another account's grouping as the wish."""

from pathlib import Path

import pytest

from fenzu.errors import StoreError
from fenzu.mirror.store import Mirror
from fenzu.model import Follower, Group, GroupID, OpenID
from fenzu.regroup._wishes.like import read_like


def filled(path: Path, letter: str, people: dict[str, int], names: dict[int, str]) -> Mirror:
    """A mirror whose openids are the unionids, with a letter of the account's own."""
    mirror = Mirror.open(str(path / f"{letter}.db"), "http://127.0.0.1:1", f"wx{letter}")
    mirror.note_groups([Group(GroupID(number), name) for number, name in names.items()], 1.0)
    told = [
        Follower(OpenID(f"o{letter}{who:0>26}"), True, GroupID(group), unionid=who.strip("0"))
        for who, group in people.items()
    ]
    for follower in told:
        mirror.subscribed(follower.openid, 1)
    mirror.learn(told, 1.0)
    return mirror


def test_people_are_known_by_their_unionid(tmp_path: Path) -> None:
    """Whoever follows both accounts is wished into the group of the same name, whatever its id is here."""
    with (
        filled(tmp_path, "a", {"x": 100, "y": 0, "z": 7, "w": 100}, {100: "VIP"}) as other,
        filled(tmp_path, "b", {"y": 105, "x": 0, "z": 0, "0": 0, "v": 0}, {105: "VIP"}) as mirror,
    ):
        wishes = read_like(other, mirror, "like wxa")
        assert wishes.frame.rows() == [(1, f"ob{'y':0>26}", "未分组"), (2, f"ob{'x':0>26}", "VIP")]
        assert wishes.named_by == "name" and wishes.name == "like wxa" and wishes.rows == 2


def test_mirrors_without_unionids(tmp_path: Path) -> None:
    """Where the platform tells no unionids, that is said."""
    with filled(tmp_path, "a", {"x": 100}, {}) as other, filled(tmp_path, "b", {"0": 0}, {}) as mirror:
        with pytest.raises(StoreError, match=r"b\.db has no unionids"):
            read_like(other, mirror, "like")
        with pytest.raises(StoreError, match=r"b\.db has no unionids"):
            read_like(mirror, other, "like")
