"""Both clients have the same names, parameters, defaults and words; what one returns, the other awaits."""

import inspect
import typing
from collections.abc import AsyncIterator, Iterator
from types import GenericAlias
from typing import Any

import pytest

from fenzu.client import aio, sync
from fenzu.client._flow import AsyncDriver, Driver
from fenzu.client.transport import AsyncTransport, Transport

PAIRS: list[tuple[type, type]] = [
    (sync.Client, aio.AsyncClient),
    (sync.Groups, aio.AsyncGroups),
    (sync.Followers, aio.AsyncFollowers),
    (sync.Tags, aio.AsyncTags),
    (sync.Blacklist, aio.AsyncBlacklist),
    (sync.Quota, aio.AsyncQuota),
    (sync.Domain, aio.AsyncDomain),
]
TWINS: dict[Any, Any] = {AsyncTransport | None: Transport | None, AsyncDriver: Driver}
pairs = pytest.mark.parametrize(("one", "other"), PAIRS, ids=[one.__name__ for one, _ in PAIRS])


def methods(kind: type) -> dict[str, Any]:
    return {name: value for name, value in vars(kind).items() if inspect.isfunction(value)}


def hints(function: Any) -> dict[str, Any]:
    """Return the types of a method's parameters and answer, the asynchronous ones by their twins."""
    return {name: twin_of(hint) for name, hint in typing.get_type_hints(function).items()}


def twin_of(hint: Any) -> Any:
    if typing.get_origin(hint) is AsyncIterator:
        return GenericAlias(Iterator, typing.get_args(hint))
    return TWINS.get(hint, hint)


@pairs
def test_the_same_names(one: type, other: type) -> None:
    """Each method of the one is one of the other, `close` being `aclose` there."""
    assert {aio.SYNC_NAMES.get(name, name) for name in methods(other)} == set(methods(one))


@pairs
def test_the_same_parameters(one: type, other: type) -> None:
    """Names, kinds, defaults and types of parameters agree; iterators are asynchronous there, the rest is awaited."""
    for name, function in methods(other).items():
        twin = methods(one)[aio.SYNC_NAMES.get(name, name)]
        parameters, twins = inspect.signature(function).parameters, inspect.signature(twin).parameters
        assert [(each.name, each.kind, each.default) for each in parameters.values()] == [
            (each.name, each.kind, each.default) for each in twins.values()
        ]
        assert hints(function) == hints(twin)
        iterates = typing.get_origin(typing.get_type_hints(twin).get("return")) is Iterator
        stays = iterates or name in ("__init__", "__repr__")
        assert inspect.iscoroutinefunction(function) is not stays


@pairs
def test_the_same_words(one: type, other: type) -> None:
    """Each public method says the same of itself in both, once written."""
    for name, function in methods(other).items():
        if not name.startswith("_"):
            twin = methods(one)[aio.SYNC_NAMES.get(name, name)]
            assert twin.__doc__
            assert function.__doc__ == twin.__doc__
    assert other.__doc__


def test_the_names_of_the_design() -> None:
    """The names that other people depend on are there, and no others."""
    public = {
        kind.__name__: {name for name in methods(kind) if not name.startswith("_")} for kind, _ in PAIRS
    }
    assert public == {
        "Client": {"close", "token", "call"},
        "Groups": {"create", "list", "of", "rename", "move", "move_many", "delete"},
        "Followers": {"list", "pages", "get", "get_many", "remark"},
        "Tags": {"create", "list", "rename", "delete", "of", "members", "add", "remove"},
        "Blacklist": {"list", "add", "remove"},
        "Quota": {"get", "clear", "rid"},
        "Domain": {"ips", "callback_ips"},
    }


def test_one_class_tells_nothing_of_another() -> None:
    """A class that has its own docstring keeps it; what has none takes its twin's."""

    class Source:
        """Told by the source."""

        def method(self) -> None:
            """Told by its method."""

    @aio._told_by(Source)
    class Silent:
        value = 5

        def method(self) -> None: ...

    @aio._told_by(Source)
    class Told:
        """Told by itself."""

        def method(self) -> None:
            """Told by itself too."""

    assert (Silent.__doc__, Silent.method.__doc__) == ("Told by the source.", "Told by its method.")
    assert (Told.__doc__, Told.method.__doc__) == ("Told by itself.", "Told by itself too.")
