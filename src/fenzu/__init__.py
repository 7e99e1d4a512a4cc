"""fenzu (分组): the followers of a WeChat Official Account, sorted into groups.

`Client` and `AsyncClient` speak to the platform or to a sandbox; `fenzu sandbox` is the platform on this machine.
Names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from fenzu._version import __version__

TYPE_CHECKING = False  # type checkers know the name; importing it would double the cost of `import fenzu`
if TYPE_CHECKING:
    from fenzu import errors, model, tokens
    from fenzu.client._batches import BatchResult
    from fenzu.client._move_many import MoveResult
    from fenzu.client.aio import AsyncClient
    from fenzu.client.sync import Client
    from fenzu.model import CallQuota, Follower, Group, GroupID, OpenID, Page, RequestRecord, Tag

_HOMES = {
    "AsyncClient": "fenzu.client.aio",
    "BatchResult": "fenzu.client._batches",
    "CallQuota": "fenzu.model",
    "Client": "fenzu.client.sync",
    "Follower": "fenzu.model",
    "Group": "fenzu.model",
    "GroupID": "fenzu.model",
    "MoveResult": "fenzu.client._move_many",
    "OpenID": "fenzu.model",
    "Page": "fenzu.model",
    "RequestRecord": "fenzu.model",
    "Tag": "fenzu.model",
    "errors": "fenzu.errors",
    "model": "fenzu.model",
    "tokens": "fenzu.tokens",
}

__all__ = [
    "AsyncClient",
    "BatchResult",
    "CallQuota",
    "Client",
    "Follower",
    "Group",
    "GroupID",
    "MoveResult",
    "OpenID",
    "Page",
    "RequestRecord",
    "Tag",
    "__version__",
    "errors",
    "model",
    "tokens",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'fenzu' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOMES[name])
    value: object = home if name in ("errors", "model", "tokens") else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
