import io
import os

import django
import pytest

from fenzu import Client
from fenzu.testing import SandboxAccount

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.core.management import CommandError, call_command  # noqa: E402 - settings come first
from django.test import override_settings  # noqa: E402 - as above


def sort(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, openids: list[str], cache: object) -> str:
    """Run the command against the sandbox and return what it prints."""
    wechat = {"appid": sandbox.appid, "secret": sandbox.secret, "base_url": sandbox.base_url}
    caches = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": cache}
    }
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(openids)))
    printed = io.StringIO()
    with override_settings(WECHAT=wechat, CACHES=caches):
        call_command("sort_followers", "VIP", stdout=printed)
    return printed.getvalue()


def test_sorting(
    wechat_sandbox: SandboxAccount, wechat_client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    first, second = wechat_sandbox.add_followers(60), wechat_sandbox.add_followers(1)
    assert sort(wechat_sandbox, monkeypatch, first, tmp_path) == "moved 60\n"
    assert sort(wechat_sandbox, monkeypatch, second, tmp_path) == "moved 1\n"
    assert [(group.name, group.count) for group in wechat_client.groups.list()][3:] == [("VIP", 61)]


def test_a_stranger(
    wechat_sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    with pytest.raises(CommandError, match="1 could not be moved"):
        sort(wechat_sandbox, monkeypatch, ["oStranger"], tmp_path)
