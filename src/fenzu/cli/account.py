"""`fenzu account …`: accounts kept under a name, so that a command need not be told each time for which it works."""

import os
import time

import click
import msgspec

from fenzu.cli import main, profiles, secrets
from fenzu.cli.command import Group, argument, command, option
from fenzu.cli.completing import complete_account
from fenzu.cli.connect import Wanted, option_url
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.on_account import JSON, streams_of
from fenzu.cli.person import confirm
from fenzu.cli.profiles import Keeping, Profile
from fenzu.cli.refusals import NAME_KEPT_HOST
from fenzu.client._check import check_appid, check_base_url
from fenzu.errors import FenzuError, UsageError
from fenzu.wire.endpoints import is_production
from fenzu.wire.environment import SECRET
from fenzu.wire.words import Words

account = Group(
    "account",
    words=Words("Keep accounts under a name.", "以名字保存账号。"),
    examples=(
        "fenzu account add shop --appid wx1234567890abcdef --production",
        "fenzu account use shop",
        "fenzu account list",
    ),
)

NAME = Words("the name to keep it under", "保存用的名字")
KNOWN = Words("the account's name", "账号的名字")


@command(
    account,
    "add",
    words=Words("keep an account", "保存一个账号"),
    details=Words(
        "The secret comes from --secret-file, else a terminal is asked for it, else FENZU_SECRET holds it. It is kept "
        "in the system's keyring, or in a file that only you may read if you say so. The first one is used at once.",
        "AppSecret 取自 --secret-file，否则在终端询问，非终端则取自 FENZU_SECRET；保存在系统钥匙串，"
        "或按你的要求保存在只有你能读的文件里。第一个账号立即启用。",
    ),
    examples=(
        "fenzu account add shop --appid wx1234567890abcdef --production",
        "fenzu account add play --appid wx5eed5eed5eed5eed --base-url http://127.0.0.1:8060 --keep-secret-in file",
    ),
)
@argument("name", words=NAME)
@option("--appid", required=True, metavar="APPID", words=Words("the account's appid", "账号的 appid"))
@option("--base-url", metavar="URL", words=Words("where a sandbox is", "沙箱的地址"))
@option(
    "--production",
    is_flag=True,
    words=Words("the real platform, https://api.weixin.qq.com", "真实平台 https://api.weixin.qq.com"),
)
@option(
    "--control-url",
    metavar="URL",
    words=Words(
        "the sandbox's control port, for `fenzu console`", "沙箱的控制端口地址，供 `fenzu console` 使用"
    ),
)
@option(
    "--secret-file",
    metavar="FILE",
    words=Words(
        "read the secret from this file (- for standard input)", "从文件读取 AppSecret（- 表示标准输入）"
    ),
)
@option(
    "--keep-secret-in",
    type=click.Choice(["keyring", "file", "nowhere"]),
    default="keyring",
    words=Words("where to keep the secret (keyring)", "AppSecret 保存在哪里（默认系统钥匙串 keyring）"),
)
@option(
    "--read-only",
    is_flag=True,
    words=Words("refuse every command that changes something", "拒绝一切修改性命令"),
)
@option(
    "--replace", is_flag=True, words=Words("take the place of an account of the same name", "替换同名账号")
)
@JSON
def add(
    *,
    name: str,
    appid: str,
    base_url: str | None,
    production: bool,
    control_url: str | None,
    secret_file: str | None,
    keep_secret_in: Keeping,
    read_only: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Keep an account: check everything, then the secret, then the profile."""
    streams = streams_of(as_json=as_json)
    url = option_url(Wanted(base_url=base_url, production=production))
    if url is None:
        raise UsageError(
            Words("it is not said where the account is", "没有说明账号在哪个平台"), NAME_KEPT_HOST
        )
    control_url = given_control_url(control_url, url)
    profile = Profile(
        profiles.check_name(name),
        check_appid(appid),
        url,
        keep_secret_in,
        read_only,
        control_url,
        kept_at=time.time(),
    )
    kept = profiles.load()
    if name in kept.accounts and not replace:
        raise already_there(name)
    if keep_secret_in == secrets.KEYRING and secrets.find_keyring() is None:
        raise secrets.no_keyring()
    if keep_secret_in in (secrets.KEYRING, secrets.FILE):
        secrets.keep(profile, given_secret(streams, secret_file))
    changed = kept.with_profile(profile)
    profiles.save(changed)
    if name in kept.accounts:
        secrets.forget(name, but=keep_secret_in)
    tell(streams, profile, in_use=changed.use == name)


def given_control_url(control_url: str | None, base_url: str) -> str | None:
    """Return the control port's address in its usual writing; the real platform has none."""
    if control_url is None:
        return None
    if is_production(base_url):
        raise UsageError(
            Words("the real platform has no control port", "真实平台没有控制端口"),
            Words("leave --control-url out", "请去掉 --control-url"),
        )
    return check_base_url(control_url)


def given_secret(streams: Streams, secret_file: str | None) -> str:
    """Return the secret from where it was said to be; a person at a terminal is asked, whatever is exported."""
    if secret_file:
        return secrets.read_secret(secret_file)
    if streams.asks:
        question = Words("Secret (not shown)", "AppSecret（不回显）").say(streams.language)
        return secrets.check_secret(str(click.prompt(question, hide_input=True, err=True)).strip())
    if from_environment := os.environ.get(SECRET):
        return secrets.check_secret(from_environment)
    raise UsageError(
        Words("no secret is given", "没有给出 AppSecret"),
        Words(
            "name a file: --secret-file FILE (- for standard input), or set FENZU_SECRET",
            "指定文件：--secret-file 文件（- 表示标准输入），或设置 FENZU_SECRET",
        ),
    )


def already_there(name: str) -> FenzuError:
    """An account of that name is kept already."""
    return UsageError(
        Words(f"an account is kept under the name {name} already", f"已有名为 {name} 的账号"),
        Words("choose another name, or say --replace", "换一个名字，或加 --replace"),
    )


def tell(streams: Streams, profile: Profile, *, in_use: bool) -> None:
    """Say what was kept and where."""
    if streams.as_json:
        streams.json(in_our_names(profile, in_use=in_use))
    place = secrets.where(profile)
    streams.say(
        Words(
            f"Account {profile.name} is kept in {profiles.profiles_path()}; its secret: {place.en}.",
            f"账号 {profile.name} 已保存到 {profiles.profiles_path()}；AppSecret：{place.zh}。",
        )
    )
    if in_use:
        streams.say(Words("It is the account in use.", "它是当前使用的账号。"))
        tell_of_environment(streams, profile.name)


def tell_of_environment(streams: Streams, name: str) -> None:
    """Say which exported variable commands obey rather than the account in use."""
    exported = [
        f"{variable}={harmless(value)}"
        for variable in ("FENZU_APPID", "FENZU_ACCOUNT")
        if (value := os.environ.get(variable)) and not (variable == "FENZU_ACCOUNT" and value == name)
    ]
    if exported:
        streams.say(
            Words(
                f"But {exported[0]} is exported, and commands obey it: unset it, or say --account {name}.",
                f"但环境变量 {exported[0]} 优先：请取消它，或用 --account {name}。",
            )
        )


_COLUMNS = (
    Column(Words("in use", "当前")),
    Column(Words("name", "名字"), style="cyan"),
    Column(Words("appid", "appid")),
    Column(Words("base URL", "地址")),
    Column(Words("kind", "类型")),
    Column(Words("secret", "AppSecret")),
    Column(Words("may", "权限")),
    Column(Words("control port", "控制端口")),
)


@command(
    account,
    "list",
    words=Words("list the kept accounts", "列出已保存的账号"),
    details=Words(
        "Also says where each secret is kept; no secret is shown.",
        "同时说明每个 AppSecret 保存在哪里；不显示 AppSecret。",
    ),
    examples=("fenzu account list", "fenzu account list --json"),
)
@JSON
def list_accounts(as_json: bool) -> None:
    """Show the kept accounts; no secret among it."""
    streams, kept = streams_of(as_json=as_json), profiles.load()
    if as_json:
        streams.json(
            [in_our_names(profile, in_use=profile.name == kept.use) for profile in kept.accounts.values()]
        )
        return
    streams.rows(
        _COLUMNS,
        [row(streams, profile, in_use=profile.name == kept.use) for profile in kept.accounts.values()],
    )
    if streams.drawn and not kept.accounts:
        streams.say(Words("No account is kept yet: fenzu account add", "还没有保存账号：fenzu account add"))


def row(streams: Streams, profile: Profile, *, in_use: bool) -> tuple[str, ...]:
    """Return the cells of one account."""
    kind = "production" if is_production(profile.base_url) else "sandbox"
    may = "read" if profile.read_only else "read,write"
    place = secrets.where(profile).say(streams.language) if streams.drawn else profile.secret_in
    mark, control = "*" if in_use else "", profile.control_url or ""
    return mark, profile.name, profile.appid, profile.base_url, kind, place, may, control


def in_our_names(profile: Profile, *, in_use: bool) -> dict[str, object]:
    """Return an account for JSON."""
    return {
        **msgspec.structs.asdict(profile),
        "production": is_production(profile.base_url),
        "in_use": in_use,
    }


@command(
    account,
    "use",
    words=Words("choose the account that commands work for", "选择命令所用的账号"),
    examples=("fenzu account use shop",),
)
@argument("name", words=KNOWN, shell_complete=complete_account)
@JSON
def use(name: str, as_json: bool) -> None:
    """Put an account in use."""
    streams, kept = streams_of(as_json=as_json), profiles.load()
    profile = kept.get(name)
    profiles.save(msgspec.structs.replace(kept, use=name))
    if as_json:
        streams.json(in_our_names(profile, in_use=True))
    streams.say(
        Words(
            f"The account in use is now {name} at {profile.base_url}.",
            f"当前账号现在是 {name}（{profile.base_url}）。",
        )
    )
    tell_of_environment(streams, name)


@command(
    account,
    "remove",
    words=Words("forget an account and its secret", "删除保存的账号及其 AppSecret"),
    details=Words(
        "Nothing happens on the platform. Asks first on a terminal.", "不影响平台上的账号。在终端会先询问。"
    ),
    examples=("fenzu account remove shop", "fenzu account remove shop --yes"),
)
@argument("name", words=KNOWN, shell_complete=complete_account)
@option("--yes", is_flag=True, words=Words("do not ask", "不询问"))
@JSON
def remove(name: str, yes: bool, as_json: bool) -> int:
    """Forget an account, its secret first."""
    streams, kept = streams_of(as_json=as_json), profiles.load()
    kept.get(name)
    question = Words(f"Forget the account {name} and its secret?", f"删除账号 {name} 及其 AppSecret？")
    if streams.asks and not yes and not confirm(streams, question):
        streams.say(Words("Nothing was removed.", "没有删除。"))
        return main.ERROR
    secrets.forget(name)
    profiles.save(kept.without(name))
    if as_json:
        streams.json({"name": name, "removed": True})
    streams.say(Words(f"The account {name} is forgotten.", f"账号 {name} 已删除。"))
    return main.DONE
