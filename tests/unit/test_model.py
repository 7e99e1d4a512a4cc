"""The values that fenzu hands out: frozen, comparable, and what `fenzu` itself offers."""

import subprocess
import sys

import msgspec
import pytest

import fenzu
from fenzu.model import Follower, Group, GroupID, OpenID, Page, Tag

VALUES = [Group(GroupID(1), "x"), Tag(1, "x"), Follower(OpenID("o1")), Page((OpenID("o1"),), 1)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_are_frozen(value: msgspec.Struct) -> None:
    """A value cannot be changed, can stand in a set, and equals its like."""
    with pytest.raises(AttributeError):
        setattr(value, value.__struct_fields__[0], None)
    assert hash(value) == hash(msgspec.structs.replace(value))
    assert msgspec.structs.replace(value) == value


def test_what_is_not_known() -> None:
    """What the platform did not tell is None or empty."""
    assert (Group(GroupID(1), "x").count, Page((), 0).next) == (None, None)
    nobody = Follower(OpenID("o1"))
    assert (nobody.subscribe, nobody.group_id, nobody.remark, nobody.tag_ids) == (False, None, "", ())


def test_what_the_package_offers() -> None:
    """Each public name is there, is listed, and comes from one place."""
    for name in fenzu.__all__:
        assert getattr(fenzu, name) is not None
    assert dir(fenzu) == sorted(fenzu.__all__)
    assert fenzu.Group is Group
    with pytest.raises(AttributeError, match="no attribute 'Groupe'"):
        fenzu.Groupe  # noqa: B018 - that it is not there is the point


def test_importing_loads_little() -> None:
    """`import fenzu` loads neither an HTTP library nor asyncio; a client loads its own colour only when it is used."""
    program = (
        "import sys, fenzu; assert not {'msgspec', 'asyncio', 'pyreqwest', 'ssl'} & set(sys.modules);"
        "fenzu.Client('wx1', 'secret'); assert not {'pyreqwest', 'asyncio', 'ssl'} & set(sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
