"""The pytest plugin, as the tests of other projects meet it: our fixtures, and whole test runs of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from fenzu import Client
from fenzu.control import GroupSeed
from fenzu.errors import InvalidOpenid, UsageError
from fenzu.testing import AccountMaker, SandboxAccount

pytest_plugins = ["pytester"]

FRESH = """
    import pytest

    @pytest.mark.parametrize("number", range(4))
    def test_fresh(wechat_sandbox_process, wechat_client, number):
        assert [group.id for group in wechat_client.groups.list()] == [0, 1, 2]
        assert wechat_client.groups.create("VIP").id == 100
        print("sandbox", wechat_sandbox_process.ready.pid)
"""


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests of a project in a process of its own, with warnings as errors."""
    project.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:cov", "-W", "error", *arguments)


def pids(result: pytest.RunResult) -> set[str]:
    """Return the sandboxes that the tests spoke to."""
    return {line.split()[-1] for line in result.outlines if line.startswith("sandbox ")}


def test_each_test_has_an_account_of_one_sandbox(pytester: pytest.Pytester) -> None:
    """The sandbox is started once a session, and no test sees what another one did."""
    pytester.makepyfile(FRESH)
    result = run(pytester, "-rP")
    result.assert_outcomes(passed=4)
    assert len(pids(result)) == 1


def test_workers_have_sandboxes_of_their_own(pytester: pytest.Pytester) -> None:
    """With pytest-xdist each worker starts a sandbox, so that none waits for another's."""
    pytester.makepyfile(FRESH)
    result = run(pytester, "-rP", "-n", "2")
    result.assert_outcomes(passed=4)
    assert len(pids(result)) == 2


def test_the_async_client_lives_on_any_loop(pytester: pytest.Pytester) -> None:
    """The async client works under pytest-asyncio, under anyio's plugin, and in a loop that the test runs itself."""
    pytester.makepyfile(
        """
        import asyncio
        import pytest

        async def names(client):
            await client.groups.create("VIP")
            return [group.name for group in await client.groups.list()][3:]

        @pytest.mark.asyncio
        async def test_asyncio(wechat_async_client):
            assert await names(wechat_async_client) == ["VIP"]

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_anyio(wechat_async_client):
            assert await names(wechat_async_client) == ["VIP"]

        def test_by_itself(wechat_async_client):
            assert asyncio.run(names(wechat_async_client)) == ["VIP"]

        def test_unused(wechat_async_client):
            pass
        """
    )
    run(pytester).assert_outcomes(passed=4)


def test_options_come_from_a_fixture(pytester: pytest.Pytester) -> None:
    """A project that defines `wechat_sandbox_arguments` chooses the rulebook, or runs its tests under both."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session", params=["2013", "2021"])
        def wechat_sandbox_arguments(request):
            return ("--rules", request.param)
        """
    )
    pytester.makepyfile(
        """
        def test_rules(wechat_sandbox, wechat_sandbox_control):
            print("sandbox", wechat_sandbox_control.health().rules)
        """
    )
    result = run(pytester, "-rP")
    result.assert_outcomes(passed=2)
    assert pids(result) == {"2013", "2021"}


def test_a_sandbox_that_does_not_start_says_why(pytester: pytest.Pytester) -> None:
    """Wrong options are an error of the tests that want a sandbox, with the sandbox's own words."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def wechat_sandbox_arguments():
            return ("--rules", "1999")
        """
    )
    pytester.makepyfile("def test_it(wechat_sandbox): pass\ndef test_other(): pass\n")
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*SandboxFailed: the sandbox did not get ready*", "*1999*"])


def test_the_plugin_costs_those_little_who_do_not_use_it() -> None:
    """Loading the plugin loads no other module of fenzu's: it comes before coverage is measured."""
    program = (
        "import sys, fenzu.testing.plugin; print(*sorted(m for m in sys.modules if m.startswith('fenzu')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["fenzu", "fenzu._version", "fenzu.testing", "fenzu.testing.plugin"]


def test_accounts_go_with_their_test(pytester: pytest.Pytester) -> None:
    """A long session does not pile up accounts, nor does it mind one that the test has deleted."""
    pytester.makepyfile(
        """
        def test_many(make_wechat_sandbox):
            first, second = make_wechat_sandbox(), make_wechat_sandbox(followers=2)
            first.delete()

        def test_none_left(wechat_sandbox_control):
            assert len(wechat_sandbox_control.accounts.list()) == 1  # the sandbox's own
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_people_come_and_go(wechat_sandbox: SandboxAccount, wechat_client: Client) -> None:
    """Followers are added by number or by openid, into a group, and taken away; their openids are alike in each run."""
    first, second = wechat_sandbox.add_followers(2)
    named = wechat_sandbox.add_followers(["oDF3iYx0ro3_7jD4HFRDfrjdCM58"], group=2)
    third = wechat_sandbox.add_followers()
    assert [first, second, *third] == [f"oTest001_{number:019}" for number in (1, 2, 3)]
    assert list(wechat_client.followers.list()) == [first, second, *named, *third]
    assert [wechat_client.groups.of(openid) for openid in (first, *named)] == [0, 2]
    wechat_sandbox.remove_followers([first])
    with pytest.raises(InvalidOpenid):
        wechat_client.groups.of(first)
    wechat_sandbox.reset()
    assert list(wechat_client.followers.list()) == []


def test_accounts_as_wished(make_wechat_sandbox: AccountMaker) -> None:
    """An account is made with followers and groups, and a second one has other followers."""
    one = make_wechat_sandbox(followers=1, groups=[GroupSeed("VIP", followers=3)])
    two = make_wechat_sandbox(followers=1, kind="test")
    with Client(one.appid, one.secret, base_url=one.base_url) as client:
        assert [(group.name, group.count) for group in client.groups.list()][3:] == [("VIP", 3)]
        assert not set(client.followers.list()) & set(two.add_followers(1))
    assert two.control.accounts.get(two.appid).kind == "test"


def test_an_account_from_a_file(make_wechat_sandbox: AccountMaker, tmp_path: Path) -> None:
    """An account is made from a table, with an appid of its own each time; groups of its own are refused then."""
    seed = tmp_path / "followers.csv"
    seed.write_text("openid,group\n" + f"o{'a' * 27},VIP\n")
    one, two = make_wechat_sandbox(seed=seed), make_wechat_sandbox(seed=str(seed), followers=2)
    with Client(two.appid, two.secret, base_url=two.base_url) as client:
        assert [(group.name, group.count) for group in client.groups.list()] == [
            ("未分组", 2),
            ("黑名单", 0),
            ("星标组", 0),
            ("VIP", 1),
        ]
    assert one.appid != two.appid
    with pytest.raises(UsageError, match="a seed brings its own"):
        make_wechat_sandbox(seed=seed, groups=[GroupSeed("x")])


def test_a_program_finds_its_account_in_the_environment(wechat_sandbox: SandboxAccount) -> None:
    """The account's variables are those that the command line reads; no repr shows the secret."""
    assert sorted(wechat_sandbox.environment) == [
        "FENZU_APPID",
        "FENZU_BASE_URL",
        "FENZU_CONTROL_URL",
        "FENZU_SECRET",
    ]
    assert wechat_sandbox.environment["FENZU_SECRET"] == wechat_sandbox.secret
    assert wechat_sandbox.secret not in repr(wechat_sandbox)


def test_the_clients_trust_a_sandbox_that_speaks_https(pytester: pytest.Pytester) -> None:
    """With `--tls` among the arguments the fixtures' clients come with the authority to trust."""
    pytester.makepyfile(
        """
        import os
        import subprocess
        import sys

        import pytest

        @pytest.fixture(scope="session")
        def wechat_sandbox_arguments():
            return ("--tls", "--proxy-port", "0")

        def test_a_program_with_a_fixed_host(wechat_sandbox):
            url = (
                "https://api.weixin.qq.com/cgi-bin/token?grant_type=client_credential"
                f"&appid={wechat_sandbox.appid}&secret={wechat_sandbox.secret}"
            )
            program = f"import urllib.request; print(urllib.request.urlopen({url!r}, timeout=20).read())"
            environment = {**os.environ, **wechat_sandbox.proxy_environment}
            printed = subprocess.check_output([sys.executable, "-c", program], env=environment)
            assert b"access_token" in printed

        def test_https(wechat_sandbox, wechat_client):
            assert wechat_sandbox.base_url.startswith("https://")
            assert wechat_sandbox.environment["FENZU_CA_FILE"] == wechat_sandbox.ca_file
            assert wechat_client.groups.create("VIP").id == 100

        async def test_https_awaited(wechat_async_client):
            assert (await wechat_async_client.groups.create("VIP")).id == 100
        """
    )
    run(pytester, "-o", "asyncio_mode=auto").assert_outcomes(passed=3)


def test_without_a_proxy_there_is_no_way_to_it(wechat_sandbox: SandboxAccount) -> None:
    """Who asks for the variables of a proxy that is not there is told how to have one."""
    with pytest.raises(UsageError, match="--proxy-port 0"):
        _ = wechat_sandbox.proxy_environment
