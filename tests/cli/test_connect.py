"""For which account a command works: options, environment, profile, and never a guess."""

import json
from pathlib import Path

import pytest

from fenzu.cli.connect import Credentials
from fenzu.cli.edge import Run
from fenzu.cli.on_account import open_client
from fenzu.errors import UsageError
from tests.cli.conftest import ACCOUNT, SECRET, Shell

URL = "http://127.0.0.1:9"
PRODUCTION = "https://api.weixin.qq.com"


def profile(shell: Shell, name: str = "play", url: str = URL) -> None:
    where = ("--appid", f"wx{name}", "--base-url", url, "--keep-secret-in", "file", "--secret-file", "-")
    assert shell.run("account", "add", name, *where, stdin=SECRET).code == 0


def appid_used(shell: Shell) -> str:
    return str(json.loads(shell.platform.seen[0][2])["appid"])


def test_nothing_is_assumed(shell: Shell) -> None:
    """Without any account a command ends with 4 and says how to name one."""
    shell.without_account()
    outcome = shell.run("groups", "list")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        "fenzu: no account is named. Next: name one: --account NAME; or set FENZU_BASE_URL, FENZU_APPID and "
        "FENZU_SECRET (`fenzu sandbox` prints the three lines); or keep one with `fenzu account add`\n"
    )


def test_nothing_is_assumed_in_chinese(shell: Shell) -> None:
    """The same is said in Chinese."""
    shell.without_account()
    shell.setenv(LANG="zh_CN.UTF-8")
    err = shell.run("groups", "list").err
    assert err.startswith("fenzu: 没有指定账号。下一步：指定一个账号：--account 名字；")


def test_no_host_is_assumed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """An appid and a secret without an address go nowhere, least of all to production."""
    monkeypatch.delenv("FENZU_BASE_URL")
    outcome = shell.run("groups", "list")
    assert (outcome.code, shell.platform.seen) == (4, [])
    assert "--production" in outcome.err
    assert f"FENZU_BASE_URL={PRODUCTION}" in outcome.err
    assert "--base-url http://127.0.0.1:8060" in outcome.err


def test_no_secret(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account without its secret is told how to give one."""
    monkeypatch.delenv("FENZU_SECRET")
    outcome = shell.run("groups", "list")
    assert outcome.code == 4
    assert "FENZU_SECRET" in outcome.err


def test_options_come_before_the_environment(shell: Shell, tmp_path: Path) -> None:
    """An account given by options is used although the environment names another."""
    path = tmp_path / "secret"
    path.write_text("0ther\n")
    given = ("--appid", "wxother", "--base-url", URL, "--secret-file", str(path))
    assert shell.run("groups", "list", *given).code == 0
    asked = json.loads(shell.platform.seen[0][2])
    assert (asked["appid"], asked["secret"]) == ("wxother", "0ther")


def test_the_environment_comes_before_the_profile_in_use(shell: Shell) -> None:
    """The three exported lines of a sandbox are meant, whatever profile is in use."""
    profile(shell)
    shell.run("groups", "list")
    assert appid_used(shell) == ACCOUNT["FENZU_APPID"]


def test_a_named_profile_comes_before_the_environment(shell: Shell) -> None:
    """--account says which, whatever is exported."""
    profile(shell)
    shell.run("groups", "list", "--account", "play")
    assert appid_used(shell) == "wxplay"


def test_a_profile_named_by_the_environment(shell: Shell) -> None:
    """FENZU_ACCOUNT names a profile other than the one in use."""
    shell.without_account()
    profile(shell)
    profile(shell, "two")
    shell.setenv(FENZU_ACCOUNT="two")
    shell.run("groups", "list")
    assert appid_used(shell) == "wxtwo"


def test_an_exported_address_is_not_passed_over(shell: Shell) -> None:
    """Who has exported a sandbox's address alone does not reach production because of a profile in use."""
    shell.without_account()
    profile(shell, "shop", PRODUCTION)
    shell.setenv(FENZU_BASE_URL=URL)
    outcome = shell.run("groups", "list")
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert f"FENZU_BASE_URL is {URL}, the account shop is at {PRODUCTION}" in outcome.err
    assert shell.run("groups", "list", "--account", "shop").code == 0
    shell.setenv(FENZU_BASE_URL=PRODUCTION + "/")
    assert shell.run("groups", "list").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--base-url", "http://127.0.0.1:10"),
        ("--production",),
        ("--appid", "wxother"),
        ("--appid", ACCOUNT["FENZU_APPID"], "--production"),
    ],
)
def test_an_exported_secret_stays_with_its_account(shell: Shell, arguments: tuple[str, ...]) -> None:
    """FENZU_SECRET goes to no other host and to no other account than those exported beside it."""
    outcome = shell.run("groups", "list", *arguments)
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert f"belongs to {ACCOUNT['FENZU_APPID']} at {URL}, not to " in outcome.err
    assert "--secret-file" in outcome.err
    assert shell.run("groups", "list", *arguments, "--secret-file", "-", stdin=SECRET).code == 0


@pytest.mark.parametrize("arguments", [("--base-url", "http://127.0.0.1:10"), ("--production",)])
def test_a_kept_secret_stays_with_its_host(shell: Shell, arguments: tuple[str, ...]) -> None:
    """The secret of a kept account goes to no other host than the one it was kept for."""
    profile(shell)
    outcome = shell.run("groups", "list", "--account", "play", *arguments)
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert f"belongs to play at {URL}" in outcome.err
    again = shell.run("groups", "list", "--account", "play", *arguments, "--secret-file", "-", stdin=SECRET)
    assert again.code == 0


@pytest.mark.parametrize("written", ["HTTP://127.0.0.1.:9/", "http://127.0.0.1:9"])
def test_an_address_written_otherwise_is_the_same(shell: Shell, written: str) -> None:
    """Capital letters, a dot behind the host and a slash at the end make no other host."""
    assert shell.run("groups", "list", "--base-url", written).code == 0


def test_a_secret_for_an_account_kept_without_one(shell: Shell) -> None:
    """An account kept without a secret takes FENZU_SECRET, unless the environment says that it is another's."""
    where = ("--appid", "wxplay", "--base-url", URL, "--keep-secret-in", "nowhere")
    shell.run("account", "add", "play", *where)
    outcome = shell.run("groups", "list", "--account", "play")
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert f"belongs to {ACCOUNT['FENZU_APPID']}" in outcome.err
    shell.without_account()
    shell.setenv(FENZU_SECRET=SECRET)
    assert shell.run("groups", "list", "--account", "play").code == 0
    shell.setenv(FENZU_APPID="wxplay", FENZU_BASE_URL=URL + "/")
    assert shell.run("groups", "list", "--account", "play").code == 0


def test_the_base_url_ends_before_cgi_bin(shell: Shell) -> None:
    """An address copied with the platform's own folder is told how to be given."""
    outcome = shell.run("groups", "list", "--base-url", URL + "/cgi-bin/")
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert f"give {URL}\n" in outcome.err


def test_a_timeout_and_an_authority(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--timeout bounds each answer, --ca-file names whom to trust; nonsense is told, nothing sent."""
    seconds: list[float] = []
    send = shell.platform.send

    async def listen(request):  # type: ignore[no-untyped-def]  # hands on what it gets
        seconds.append(request.timeout)
        return await send(request)

    monkeypatch.setattr(shell.platform, "send", listen)
    assert shell.run("groups", "list", "--timeout", "90").code == 0
    assert shell.run("groups", "list", "--timeout", "2.5").code == 0
    assert [round(one) for one in seconds] == [90, 90, 2, 2]
    assert shell.run("groups", "list", "--timeout", "0").code == 2
    wanted = Credentials("wx1", SECRET, URL)
    with pytest.raises(UsageError, match="cannot use the CA file"):
        open_client(wanted, Run(), {}, str(tmp_path / "none.pem"))


def test_two_accounts_in_the_environment(shell: Shell) -> None:
    """An appid and a profile exported together are a question, not a guess."""
    shell.setenv(FENZU_ACCOUNT="play")
    outcome = shell.run("groups", "list")
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert "both set" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--account", "a", "--appid", "b"), "two accounts"),
        (("--production", "--base-url", URL), "two hosts"),
        (("--base-url", "127.0.0.1:8060"), "not a base URL"),
        (("--account", "nobody"), "no account is kept under the name nobody"),
        (("--secret-file", "/no/such/file"), "/no/such/file cannot be read: No such file or directory"),
    ],
)
def test_contradictions(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    """Options that contradict each other or make no sense end with 2, before anything is sent."""
    outcome = shell.run("groups", "list", *arguments)
    assert (outcome.code, shell.platform.seen) == (2, [])
    assert told in outcome.err


def test_no_option_takes_a_secret(shell: Shell) -> None:
    """There is no way to write a secret on the command line, where other users could read it."""
    outcome = shell.run("groups", "list", "--secret", "x")
    assert outcome.code == 2
    assert "No such option '--secret'" in outcome.err


def test_production_is_named(shell: Shell) -> None:
    """--production is the platform's own host, over TLS."""
    urls: list[str] = []
    send = shell.platform.send

    async def listen(request):  # type: ignore[no-untyped-def]  # hands on what it gets
        urls.append(request.url)
        return await send(request)

    shell.platform.send = listen  # type: ignore[method-assign]  # listens in
    shell.run("groups", "list", "--appid", "wxother", "--production", "--secret-file", "-", stdin=SECRET)
    assert {url.partition("/cgi-bin")[0] for url in urls} == {PRODUCTION}


def test_bad_credentials(shell: Shell) -> None:
    """Credentials that the platform refuses end with 4."""
    shell.platform.faults["stable_token"] = [40013]
    outcome = shell.run("groups", "list")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith("fenzu: 40013 invalid appid")
    assert SECRET not in outcome.err


def test_nothing_secret_in_the_repr() -> None:
    """Credentials can be printed by accident without giving the secret away."""
    assert SECRET not in repr(Credentials("wx1", SECRET, URL))
