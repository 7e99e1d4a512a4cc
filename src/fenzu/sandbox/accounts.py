"""Accounts as control sees them: what one asks for, what one gets, and what makes no sense. Knows no table."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from fenzu.errors import UsageError, mask
from fenzu.wire.limits import (
    APPID_PATTERN,
    FIRST_CUSTOM_ID,
    OPENID_PATTERN,
    RESERVED_GROUPS,
    SECRET_PATTERN,
    STARRED,
    TAGS_PER_FOLLOWER,
)
from fenzu.wire.states import State
from fenzu.wire.words import Words

Kind: TypeAlias = Literal["ordinary", "test", "large"]
Clock: TypeAlias = Callable[[], float]
"""Unix seconds."""
RandomBytes: TypeAlias = Callable[[int], bytes]

MAX_FOLLOWERS = 100_000_000
LARGEST_ID = 2**31 - 1

_OPENID = re.compile(OPENID_PATTERN)
_APPID = re.compile(APPID_PATTERN)


class GroupSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group to make; `followers` are so many made-up ones, or these openids."""

    name: str
    id: int | None = None
    followers: int | list[str] = 0


class TagSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tag to make. Its `followers` follow, in group 0 if they did not before; a number makes up so many more."""

    name: str
    id: int | None = None
    followers: int | list[str] = 0


class AccountSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account to make. What is left out is made up; `followers` are in group 0.

    `repr` leaves the secret out.
    """

    appid: str | None = None
    secret: str | None = None
    kind: Kind | None = None
    """None: what the sandbox's mode of quotas makes of it."""
    followers: int | list[str] = 0
    groups: list[GroupSpec] = []
    tags: list[TagSpec] = []
    whitelist: list[str] = []
    state: State = "active"

    def __repr__(self) -> str:
        return f"AccountSpec({self.appid})"


class NewAccount(msgspec.Struct, frozen=True):
    """An account as control tells of it. `repr` leaves the secret out."""

    appid: str
    secret: str
    kind: Kind
    followers: int
    groups: int
    whitelist: list[str]
    state: State = "active"
    calls: dict[str, int] = {}
    """How many calls of each name passed token, method, account and quota since the sandbox was started."""

    def __repr__(self) -> str:
        return f"NewAccount({self.appid})"


def is_openid(value: object) -> bool:
    """Tell whether `value` is an openid by its looks: text, 28 characters, `o` first."""
    return isinstance(value, str) and _OPENID.fullmatch(value) is not None


def may_be_openids(values: Sequence[object]) -> bool:
    """Tell whether all are plain text, so that they can be looked up. One that is malformed is nobody's anyway."""
    try:
        text = "".join(values)  # type: ignore[arg-type]  # what is no text raises TypeError
    except TypeError:
        return False
    return text.isascii() and "\0" not in text  # apsw takes no NUL in an array


def check_spec(spec: AccountSpec) -> None:
    """Refuse an account that cannot be, whoever follows it: UsageError with the reason."""
    if spec.appid is not None and not _APPID.fullmatch(spec.appid):
        raise _refuse("an appid is 1 to 64 letters, digits, _ and -", "appid 为 1 到 64 个字母、数字、_ 或 -")
    if spec.secret is not None and not re.fullmatch(SECRET_PATTERN, spec.secret):
        raise _refuse("a secret is visible ASCII without spaces", "secret 须为不含空格的可见 ASCII 字符")
    check_whitelist(spec.whitelist)
    ids = [group.id for group in spec.groups if group.id is not None]
    tag_ids = [tag.id for tag in spec.tags if tag.id is not None]
    if len(ids) != len(set(ids)) or len(tag_ids) != len(set(tag_ids)) or set(ids) & set(tag_ids) - {STARRED}:
        raise _refuse("two groups or tags have the same id", "有两个分组或标签的编号相同")
    for number in ids:
        if number not in RESERVED_GROUPS and not FIRST_CUSTOM_ID <= number <= LARGEST_ID:
            raise _refuse("a group's id is 0, 1, 2, or 100 and more", "分组编号为 0、1、2，或不小于 100")


def check_people(spec: AccountSpec) -> None:
    """Refuse followers that cannot be: UsageError. A list may be long, so this is no work for the event loop."""
    check_followers([spec.followers, *(group.followers for group in spec.groups)])
    _check_tags(spec.tags)


def check_followers(wanted: Iterable[int | list[str]]) -> None:
    """Refuse numbers of followers that cannot be, and openids that are none or stand there twice."""
    total = 0
    seen: set[str] = set()
    for followers in wanted:
        total += followers if isinstance(followers, int) else len(followers)
        if isinstance(followers, int):
            if followers < 0:
                raise _refuse("a number of followers is 0 or more", "粉丝数不能小于 0")
            continue
        for openid in followers:
            if not is_openid(openid):
                raise _refuse(f"{mask(openid)} is no openid", f"{mask(openid)} 不是 openid")
            if openid in seen:
                raise _refuse(f"{mask(openid)} is listed twice", f"{mask(openid)} 重复")
            seen.add(openid)
    if total > MAX_FOLLOWERS:
        raise _refuse(f"at most {MAX_FOLLOWERS:,} followers", f"最多 {MAX_FOLLOWERS:,} 个粉丝")


def _check_tags(tags: Sequence[TagSpec]) -> None:
    names = [tag.name for tag in tags]
    if len(names) != len(set(names)):
        raise _refuse("two tags have the same name", "有两个标签同名")
    carried: dict[str, int] = {}
    for tag in tags:
        if tag.id is not None and tag.id != STARRED and not FIRST_CUSTOM_ID <= tag.id <= LARGEST_ID:
            raise _refuse("a tag's id is 2, or 100 and more", "标签编号为 2，或不小于 100")
        check_followers([tag.followers])
        for openid in tag.followers if isinstance(tag.followers, list) else ():
            carried[openid] = carried.get(openid, 0) + 1
    if any(count > TAGS_PER_FOLLOWER for count in carried.values()):
        raise _refuse(
            f"a follower carries at most {TAGS_PER_FOLLOWER} tags", f"一个粉丝至多 {TAGS_PER_FOLLOWER} 个标签"
        )


def check_whitelist(entries: list[str]) -> None:
    """Refuse a whitelist that holds anything but addresses and networks: UsageError."""
    for entry in entries:
        try:
            ipaddress.ip_network(entry, strict=False)
        except ValueError:
            raise _refuse(
                "the whitelist holds addresses and networks", "白名单只能填 IP 地址或网段"
            ) from None


def _refuse(en: str, zh: str) -> UsageError:
    return UsageError(Words(en, zh))
