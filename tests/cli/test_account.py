"""`fenzu account …`: what is kept, where, and that no secret is ever shown."""

import json
import os
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from fenzu.cli import profiles, secrets
from tests.cli.conftest import SECRET, Outcome, Shell

APPID = "wxabcdefabcdef0123"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 9.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError(SECRET)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise RuntimeError(password)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


class Nothing(Ring):
    """What the library offers where there is no keyring."""

    priority = 0.0


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    found = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Nothing)


@pytest.fixture(autouse=True)
def _alone(shell: Shell) -> None:
    shell.without_account()


def add(shell: Shell, name: str, *more: str, keep: str = "file") -> Outcome:
    where = ("--appid", APPID, "--base-url", "http://127.0.0.1:9")
    return shell.run(
        "account", "add", name, *where, "--secret-file", "-", "--keep-secret-in", keep, *more, stdin=SECRET
    )


def test_a_kept_account_is_used(shell: Shell) -> None:
    """The first account that is kept is in use at once: commands need no option any more."""
    outcome = add(shell, "play")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == (
        f"Account play is kept in {profiles.profiles_path()}; its secret: file {secrets.secrets_path()}.\n"
        "It is the account in use.\n"
    )
    assert shell.run("groups", "list").code == 0
    assert json.loads(shell.platform.seen[0][2])["appid"] == APPID
    assert json.loads(shell.platform.seen[0][2])["secret"] == SECRET


def test_files_are_private(shell: Shell) -> None:
    """Both files can be read by their owner alone, the secret stands in its own only, and nothing else is left."""
    add(shell, "play")
    folder = profiles.config_dir()
    assert sorted(path.name for path in folder.iterdir()) == ["accounts.toml", "secrets.toml"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET not in profiles.profiles_path().read_text("utf-8")
    assert SECRET in secrets.secrets_path().read_text("utf-8")


def test_the_keyring_is_preferred(shell: Shell, ring: Ring) -> None:
    """Where there is a keyring the secret is kept there, said so, found again, and removed with the account."""
    outcome = add(shell, "shop", keep="keyring")
    assert "its secret: system keyring." in outcome.err
    assert ring.kept == {("fenzu", "shop"): SECRET}
    assert not secrets.secrets_path().exists()
    assert shell.run("groups", "list").code == 0
    assert shell.run("account", "remove", "shop").code == 0
    assert ring.kept == {}


def test_no_file_unless_asked_for(shell: Shell, no_ring: None) -> None:
    """Without a keyring nothing is kept unless a file is asked for by name; the way is told."""
    where = ("--appid", APPID, "--production", "--secret-file", "-")
    outcome = shell.run("account", "add", "shop", *where, stdin=SECRET)
    assert outcome.code == 2
    assert "--keep-secret-in file" in outcome.err
    assert not profiles.config_dir().exists()


def test_a_keyring_that_is_not_installed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the advice says how to install it."""
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert "`pip install keyring`" in add(shell, "shop", keep="keyring").err


def test_a_keyring_that_fails(shell: Shell, ring: Ring) -> None:
    """A locked keyring is told in our own words; what it says itself may hold the secret."""
    add(shell, "shop", keep="keyring")
    ring.locked = True
    for code, outcome in ((4, shell.run("groups", "list")), (1, add(shell, "other", keep="keyring"))):
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err == "fenzu: the system's keyring refused. Next: unlock it, or set FENZU_SECRET\n"


def test_a_secret_that_is_gone_from_the_keyring(shell: Shell, ring: Ring) -> None:
    """An account whose secret was removed elsewhere is still removed."""
    add(shell, "shop", keep="keyring")
    ring.kept.clear()
    assert shell.run("groups", "list").code == 4
    assert shell.run("account", "remove", "shop").code == 0


def test_a_secret_that_is_kept_nowhere(shell: Shell) -> None:
    """An account may be kept without its secret, which then comes from the environment."""
    assert "not kept" in add(shell, "play", keep="nowhere").err
    outcome = shell.run("groups", "list")
    assert (outcome.code, outcome.out) == (4, "")
    assert f"the secret of {APPID} is not known" in outcome.err
    shell.setenv(FENZU_SECRET=SECRET)
    assert shell.run("groups", "list").code == 0


def test_a_person_is_asked_for_the_secret(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the secret is asked for, unseen."""
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return SECRET

    monkeypatch.setattr("click.termui.hidden_prompt_func", answer)
    where = ("--appid", APPID, "--production", "--keep-secret-in", "file")
    assert shell.run("account", "add", "shop", *where, terminal=True).code == 0
    assert len(asked) == 1
    assert SECRET in secrets.secrets_path().read_text("utf-8")


def test_a_person_is_asked_although_a_secret_is_exported(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that lies in the environment from elsewhere is not kept unseen: a terminal is asked all the same."""
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: SECRET)
    shell.setenv(FENZU_SECRET="0ther")
    where = ("--appid", APPID, "--production", "--keep-secret-in", "file")
    assert shell.run("account", "add", "shop", *where, terminal=True).code == 0
    kept = secrets.secrets_path().read_text("utf-8")
    assert SECRET in kept
    assert "0ther" not in kept


def test_an_account_that_keeps_its_secret_elsewhere(shell: Shell, ring: Ring) -> None:
    """Replacing an account leaves its secret in no place but the new one; removing it leaves it in none."""
    add(shell, "shop")
    add(shell, "shop", "--replace", keep="keyring")
    assert SECRET not in secrets.secrets_path().read_text("utf-8")
    add(shell, "shop", "--replace", keep="nowhere")
    assert ring.kept == {}
    add(shell, "shop", "--replace")
    ring.kept["fenzu", "shop"] = SECRET
    assert shell.run("account", "remove", "shop").code == 0
    assert (ring.kept, SECRET in secrets.secrets_path().read_text("utf-8")) == ({}, False)


@pytest.mark.parametrize(("variable", "value"), [("FENZU_APPID", APPID), ("FENZU_ACCOUNT", "other")])
def test_the_environment_that_wins_is_told(shell: Shell, variable: str, value: str) -> None:
    """Who puts an account in use is told where an exported variable makes commands work for another."""
    shell.setenv(**{variable: value})
    for outcome in (add(shell, "play"), shell.run("account", "use", "play")):
        assert outcome.err.endswith(
            f"But {variable}={value} is exported, and commands obey it: unset it, or say --account play.\n"
        )


def test_a_script_has_to_say_where_the_secret_is(shell: Shell) -> None:
    """Without a terminal and a source of the secret there is an error, not a question."""
    where = ("--appid", APPID, "--production", "--keep-secret-in", "file")
    outcome = shell.run("account", "add", "shop", *where)
    assert outcome.code == 2
    assert "--secret-file" in outcome.err
    shell.setenv(FENZU_SECRET=SECRET)
    assert shell.run("account", "add", "shop", *where).code == 0


def test_list(shell: Shell) -> None:
    """The list says which account is in use, whether it is production, and where its secret is; never the secret."""
    assert shell.run("account", "list") == (0, "", "")
    assert "fenzu account add" in shell.run("account", "list", terminal=True).err
    add(shell, "play")
    add(shell, "贵", "--read-only", keep="nowhere")
    shell.run(
        "account",
        "add",
        "shop",
        "--appid",
        "wx1",
        "--production",
        "--secret-file",
        "-",
        "--keep-secret-in",
        "file",
        stdin=SECRET,
    )
    outcome = shell.run("account", "list")
    assert outcome.out == (
        f"*\tplay\t{APPID}\thttp://127.0.0.1:9\tsandbox\tfile\tread,write\t\n"
        f"\t贵\t{APPID}\thttp://127.0.0.1:9\tsandbox\tnowhere\tread\t\n"
        "\tshop\twx1\thttps://api.weixin.qq.com\tproduction\tfile\tread,write\t\n"
    )
    rows = json.loads(shell.run("account", "list", "--json").out)
    assert [(row["name"], row["in_use"], row["production"], row["secret_in"]) for row in rows] == [
        ("play", True, False, "file"),
        ("贵", False, False, "nowhere"),
        ("shop", False, True, "file"),
    ]
    assert "not kept" in shell.run("account", "list", terminal=True).out


def test_the_control_port_of_a_sandbox(shell: Shell) -> None:
    """The address of a sandbox's control port is kept with the account, and shown where accounts are listed."""
    add(shell, "play", "--control-url", "http://127.0.0.1:8061/", keep="nowhere")
    assert profiles.load().get("play").control_url == "http://127.0.0.1:8061"
    assert shell.run("account", "list").out.endswith("\tnowhere\tread,write\thttp://127.0.0.1:8061\n")
    assert json.loads(shell.run("account", "list", "--json").out)[0]["control_url"] == "http://127.0.0.1:8061"
    add(shell, "play", "--replace", keep="nowhere")
    assert profiles.load().get("play").control_url is None


def test_use(shell: Shell) -> None:
    """Another account is put in use by its name."""
    add(shell, "one")
    add(shell, "two")
    outcome = shell.run("account", "use", "two")
    assert outcome == (0, "", "The account in use is now two at http://127.0.0.1:9.\n")
    assert profiles.load().use == "two"
    assert json.loads(shell.run("account", "use", "one", "--json").out)["in_use"] is True


def test_remove_asks_a_person(shell: Shell) -> None:
    """Forgetting asks on a terminal, and takes the secret along."""
    add(shell, "play")
    assert shell.run("account", "remove", "play", terminal=True, stdin="n\n").code == 1
    assert shell.run("account", "remove", "play", "--yes", terminal=True).code == 0
    assert SECRET not in secrets.secrets_path().read_text("utf-8")
    assert profiles.load() == profiles.Profiles()
    assert shell.run("groups", "list").code == 4


def test_remove_as_json(shell: Shell) -> None:
    """With --json the removal is one value."""
    add(shell, "play", keep="nowhere")
    assert json.loads(shell.run("account", "remove", "play", "--json").out) == {
        "name": "play",
        "removed": True,
    }


def test_a_name_is_not_taken_twice(shell: Shell) -> None:
    """An account is replaced only if that is asked for."""
    add(shell, "play")
    assert add(shell, "play").code == 2
    assert add(shell, "play", "--replace", "--read-only", "--json").code == 0
    assert profiles.load().get("play").read_only


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", ".x", "a\n", "x" * 65, "a\x1b[31m", 'a"b'])
def test_bad_names(shell: Shell, name: str) -> None:
    """A name that could be no name, or a path, is refused before anything is written."""
    assert shell.run("account", "add", "--appid", APPID, "--production", "--", name).code == 2
    assert not profiles.config_dir().exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--appid", APPID], "not said where the account is. Next: say --base-url"),
        (["--appid", APPID, "--base-url", "http://x", "--production"], "two hosts"),
        (["--appid", "wx 1", "--production"], "not an appid"),
        (["--appid", APPID, "--base-url", "ftp://x"], "not a base URL"),
        (["--appid", APPID, "--base-url", "http://u:p@x"], "not a base URL"),
        (["--appid", APPID, "--base-url", "http://x:0x"], "not a base URL"),
        (["--appid", APPID, "--base-url", "http://x?a=b"], "not a base URL"),
        (["--appid", APPID, "--production", "--control-url", "http://127.0.0.1:8061"], "no control port"),
        (["--appid", APPID, "--base-url", "http://x", "--control-url", "x"], "not a base URL"),
        (["--production"], "--appid"),
        (["--appid", APPID, "--production", "--keep-secret-in", "cloud"], "keep-secret-in"),
        (
            ["--appid", APPID, "--production", "--secret-file", "/no/such", "--keep-secret-in", "file"],
            "cannot be read",
        ),
        (
            ["--appid", APPID, "--production", "--secret-file", "-", "--keep-secret-in", "file"],
            "the secret is empty",
        ),
    ],
)
def test_bad_accounts(shell: Shell, arguments: list[str], told: str) -> None:
    """What cannot be an account is told in words with exit code 2, and nothing is written."""
    outcome = shell.run("account", "add", "play", *arguments)
    assert outcome.code == 2
    assert told in outcome.err
    assert not profiles.config_dir().exists()


def test_a_secret_in_a_binary_file(shell: Shell, tmp_path: Path) -> None:
    """A file that is no text is told, and not shown."""
    path = tmp_path / "secret"
    path.write_bytes(b"\xff\xfe\x00")
    outcome = add(shell, "play", "--secret-file", str(path))
    assert outcome.code == 2


@pytest.mark.parametrize("command", [("use",), ("remove", "--yes")])
def test_an_unknown_account(shell: Shell, command: tuple[str, ...]) -> None:
    """A name that is not kept lists those that are."""
    assert "fenzu account add" in shell.run("account", *command, "shop").err
    add(shell, "play")
    outcome = shell.run("account", *command, "shop")
    assert (outcome.code, outcome.err) == (
        2,
        "fenzu: no account is kept under the name shop. Next: there are: play\n",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not toml =", "cannot be read"),
        ("version = 1\naccounts = 7", "cannot be read"),
        ("version = 1\n[accounts.x]\nappid = 7", "cannot be read"),
        ('version = 1\n[accounts.x]\nappid = "wx1"\nbase_url = "http://[::1"', "cannot be read"),
        ("version = 2", "another version"),
    ],
)
def test_a_broken_file(shell: Shell, text: str, told: str) -> None:
    """A file that is broken or of another version is told in words, and left as it is."""
    path = profiles.profiles_path()
    path.parent.mkdir(parents=True)
    path.write_text(text)
    for arguments in (("account", "list"), ("groups", "list")):
        outcome = shell.run(*arguments)
        assert (outcome.code, outcome.out) == (1, "")
        assert told in outcome.err
    assert path.read_text() == text


WRITING = [
    ("groups", "create", "x"),
    ("groups", "rename", "100", "x"),
    ("groups", "move", "o1", "--to", "100"),
    ("groups", "delete", "100", "--yes"),
    ("call", "groups/create", "{}"),
    ("call", "something/new"),
]


@pytest.mark.parametrize("arguments", WRITING, ids=" ".join)
def test_a_read_only_account_changes_nothing(shell: Shell, arguments: tuple[str, ...]) -> None:
    """On a read-only account every command that changes something is refused with 7, before anything is sent."""
    add(shell, "look", "--read-only")
    outcome = shell.run(*arguments)
    assert (outcome.code, outcome.out, shell.platform.seen) == (7, "", [])
    assert "look is kept read-only" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [("groups", "list"), ("call", "groups/get"), ("call", "groups/getid", '{"openid":"o1"}')],
    ids=" ".join,
)
def test_a_read_only_account_may_read(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Reading is what a read-only account is for, also by calls that read although they are sent by POST."""
    add(shell, "look", "--read-only")
    shell.run(*arguments)
    assert shell.calls()


def test_no_secret_in_any_output(shell: Shell, ring: Ring) -> None:
    """Whatever is done with accounts, no secret stands in what is printed."""
    outcomes = [
        add(shell, "a"),
        add(shell, "b", "--json"),
        add(shell, "c", keep="keyring"),
        shell.run("account", "list", terminal=True),
        shell.run("account", "list", "--json"),
        shell.run("account", "use", "b"),
        shell.run("account", "remove", "c"),
    ]
    assert not [outcome for outcome in outcomes if SECRET in outcome.out + outcome.err]


def test_nothing_is_lost_when_writing_fails(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails, the file stays what it was and no half one is left beside it."""
    add(shell, "play", keep="nowhere")
    before = profiles.profiles_path().read_text("utf-8")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    outcome = add(shell, "more", keep="nowhere")
    assert outcome.code == 1
    assert "No space left" in outcome.err
    assert profiles.profiles_path().read_text("utf-8") == before
    assert [path.name for path in profiles.config_dir().iterdir()] == ["accounts.toml"]


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/xdg"}, "/xdg/fenzu"),
        ("linux", {}, "/home/me/.config/fenzu"),
        ("darwin", {}, "/home/me/Library/Application Support/fenzu"),
        ("win32", {"APPDATA": "/appdata"}, "/appdata/fenzu"),
    ],
)
def test_where_settings_lie(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], folder: str
) -> None:
    """Settings lie where each platform keeps them."""
    for name in ("FENZU_CONFIG_DIR", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **environ}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert profiles.config_dir() == Path(folder)


def test_a_keyring_that_went_away(shell: Shell, ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account whose keyring is no longer there is told so, and can be removed."""
    add(shell, "shop", keep="keyring")
    monkeypatch.setattr(keyring, "get_keyring", Nothing)
    outcome = shell.run("groups", "list")
    assert (outcome.code, outcome.out) == (4, "")
    assert "no keyring here" in outcome.err
    assert shell.run("account", "remove", "shop").code == 0


def test_a_broken_file_of_secrets(shell: Shell) -> None:
    """A file of secrets that holds something else is told in words."""
    add(shell, "shop")
    secrets.secrets_path().write_text("version = 1\nsecrets = 3\n")
    outcome = shell.run("groups", "list", "--account", "shop")
    assert (outcome.code, outcome.out) == (1, "")
    assert "cannot be read" in outcome.err
