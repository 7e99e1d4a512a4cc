"""What tests need of fenzu, its own and other projects': a sandbox, fresh accounts of it, and a pytest plugin.

Names are loaded when they are first used: pytest imports this package, for its plugin, in every project that has fenzu.
"""

TYPE_CHECKING = False  # as in `fenzu`: importing it would cost more than the rest
if TYPE_CHECKING:
    from fenzu.testing.account import AccountMaker, SandboxAccount
    from fenzu.testing.process import Ready, SandboxFailed, SandboxProcess

_HOMES = {
    "AccountMaker": "fenzu.testing.account",
    "Ready": "fenzu.testing.process",
    "SandboxAccount": "fenzu.testing.account",
    "SandboxFailed": "fenzu.testing.process",
    "SandboxProcess": "fenzu.testing.process",
}

__all__ = ["AccountMaker", "Ready", "SandboxAccount", "SandboxFailed", "SandboxProcess"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'fenzu.testing' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
