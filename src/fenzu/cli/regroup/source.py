"""Where a plan's wishes come from: a file, rules over the mirror, or another account's mirror."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from fenzu.cli.command import option
from fenzu.errors import StoreError, UsageError
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fenzu.cli.io import Streams
    from fenzu.mirror import Mirror
    from fenzu.mirror.accounts import KeptAccount
    from fenzu.regroup._wishes import Wishes

WHERE = option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    words=Words(
        """instead of a file: whom the next --to is for, such as 'remark like "VIP%"'; the first that fits counts""",
        """不用文件：符合条件的粉丝进入对应的 --to，如 'remark like "VIP%"'；以最先符合的为准""",
    ),
)
TO = option(
    "--to",
    multiple=True,
    metavar="GROUP",
    words=Words("the group for a --where, by name or id", "--where 对应的分组，名称或 id"),
)
LIKE = option(
    "--like",
    metavar="MIRROR",
    words=Words(
        "instead of a file: group people (by unionid) as in another account's mirror: [APPID@]PLACE",
        "不用文件：按另一个账号镜像中的分组（以 unionid 对应）：[APPID@]位置",
    ),
)
_NAMED = re.compile(r"(?P<appid>[A-Za-z0-9_-]{1,64})@(?P<place>.+)")


class SourceOptions(TypedDict):
    """The options that tell where wishes come from, and how a file is read."""

    where: tuple[str, ...]
    to: tuple[str, ...]
    like: str | None
    openid_column: str | None
    group_column: str | None
    input_format: Literal["csv", "tsv", "jsonl", "parquet", "xlsx"] | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None


def read_source(file: str | None, options: SourceOptions, mirror: "Mirror", streams: "Streams") -> "Wishes":
    """Read the one source that was named, and say what was found."""
    by_rules = bool(options["where"] or options["to"])
    if (file is not None) + by_rules + (options["like"] is not None) != 1:
        raise UsageError(
            Words(
                "a plan is made from one thing: a file, rules, or another mirror",
                "计划只能有一个来源：文件、规则或另一个镜像",
            ),
            Words("give FILE, or --where with --to, or --like", "请给出文件，或 --where 与 --to，或 --like"),
        )
    if file is not None:
        return _from_file(file, options, streams)
    if options["like"] is not None:
        return _from_mirror(options["like"], mirror, streams)
    return _from_rules(options["where"], options["to"], mirror, streams)


def _from_file(file: str, options: SourceOptions, streams: "Streams") -> "Wishes":
    from fenzu.regroup._wishes import read_wishes

    wishes = read_wishes(
        file,
        openid_column=options["openid_column"],
        group_column=options["group_column"],
        format=options["input_format"],
        encoding=options["encoding"],
        delimiter=options["delimiter"],
        sheet=options["sheet"],
    )
    found, rows = wishes.origin.words, f"{wishes.rows:,}"
    streams.say(
        Words(f"{wishes.name}: {found.en}; rows: {rows}.", f"{wishes.name}：{found.zh}；共 {rows} 行。")
    )
    return wishes


def _from_rules(
    where: tuple[str, ...], to: tuple[str, ...], mirror: "Mirror", streams: "Streams"
) -> "Wishes":
    from fenzu.regroup._wishes.rules import Rule, read_rules

    if len(where) != len(to):
        raise UsageError(
            Words(
                f"--where and --to do not pair: {len(where)} and {len(to)}",
                f"--where 与 --to 不成对：{len(where)} 个和 {len(to)} 个",
            ),
            Words(
                "give a --to for each --where, in the same order", "请按相同顺序为每个 --where 给出一个 --to"
            ),
        )
    wishes = read_rules([Rule(condition, group) for condition, group in zip(where, to, strict=True)], mirror)
    streams.say(
        Words(
            f"Followers who fulfil a condition, by the mirror: {wishes.rows:,}.",
            f"按镜像符合条件的粉丝：{wishes.rows:,}。",
        )
    )
    return wishes


def _from_mirror(given: str, mirror: "Mirror", streams: "Streams") -> "Wishes":
    from fenzu.regroup._wishes.like import read_like

    with open_other(given) as other:
        wishes = read_like(other, mirror, f"like {other.appid}")
    streams.say(
        Words(
            f"Followers of both accounts, by unionid: {wishes.rows:,}.",
            f"两个账号共同的粉丝（按 unionid）：{wishes.rows:,}。",
        )
    )
    return wishes


def open_other(given: str) -> "Mirror":
    """Open another account's mirror to read it: `PLACE` if it holds one account, else `APPID@PLACE`."""
    from fenzu.database import is_postgres, open_database
    from fenzu.mirror import Mirror
    from fenzu.mirror.accounts import kept_accounts

    named = None if Path(given).exists() else _NAMED.fullmatch(given)
    appid, place = (named["appid"], named["place"]) if named else (None, given)
    if not is_postgres(place) and not Path(place).exists():
        raise StoreError(
            Words(f"there is no mirror at {place}", f"{place} 没有镜像"),
            Words("look at its path", "请检查路径"),
        )
    database = open_database(place, read_only=True)
    try:
        found = [account for account in kept_accounts(database) if appid in {None, account.appid}]
    finally:
        database.close()
    if len(found) != 1:
        raise _not_one(database.where, found)
    return Mirror.open(place, found[0].base_url, found[0].appid, read_only=True)


def _not_one(where: str, found: "Sequence[KeptAccount]") -> UsageError:
    """Return the error for a place with several mirrors, or none; `where` shows no password."""
    if not found:
        return UsageError(
            Words(f"{where} holds no mirror of that account", f"{where} 中没有该账号的镜像"),
            Words(
                "look at the place and the appid: --like APPID@PLACE", "请检查位置和 AppID：--like APPID@位置"
            ),
        )
    several = ", ".join(f"{account.appid} ({account.base_url})" for account in found)
    if len({account.appid for account in found}) == 1:
        advice = Words(
            "mirror that account into a file of its own: fenzu mirror sync --mirror FILE",
            "请把该账号单独同步到一个文件：fenzu mirror sync --mirror 文件",
        )
    else:
        advice = Words("say which: --like APPID@PLACE", "请指明：--like APPID@位置")
    return UsageError(
        Words(f"{where} holds several mirrors: {several}", f"{where} 中有多个镜像：{several}"), advice
    )
