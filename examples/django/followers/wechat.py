"""The project's WeChat account: `from followers.wechat import account`, then `account().groups.list()`."""

from functools import cache

from django.conf import settings
from django.core.signals import setting_changed

from fenzu import Client
from fenzu.tokens import DjangoCacheStore


@cache
def account() -> Client:
    """One client a process, made at its first use; the processes share a token through Django's cache."""
    return Client(**settings.WECHAT, token_store=DjangoCacheStore())


def _forget(*, setting: str, **more: object) -> None:
    """Follow `override_settings` and the `settings` fixture in tests."""
    if setting == "WECHAT":
        account.cache_clear()


setting_changed.connect(_forget)
