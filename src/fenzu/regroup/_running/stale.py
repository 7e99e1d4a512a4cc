"""Whether the world that a plan was made for still stands: its groups, and whom it moves.

Counts never matter, but in a group that gets a new name: more followers than were there would be carried along.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from fenzu.errors import PlanError, StalePlan, mask
from fenzu.model import Group
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Action
from fenzu.regroup._digest import digest_of
from fenzu.regroup._running.ports import Mirrored, MirrorRow
from fenzu.regroup._values import Batch, Header, KnownGroup, Rename
from fenzu.wire.limits import RESERVED_GROUPS
from fenzu.wire.words import Words

READ = 200
"""So many batches are looked at at once."""
SHOWN = 3
"""So many of what has moved are told."""


def check_account(header: Header, appid: str, base_url: str) -> None:
    """Raise `PlanError` for a plan of another account, or of another host."""
    if (header.appid, header.base_url) != (appid, base_url):
        raise PlanError(
            Words(
                f"the plan is for {header.appid} at {header.base_url}, this account is {appid} at {base_url}",
                f"该计划属于 {header.appid}（{header.base_url}），当前账号是 {appid}（{base_url}）",
            ),
            Words(
                "name the plan's account, or make a plan for this one",
                "指定计划所属的账号，或为当前账号重新制定计划",
            ),
        )


def go_on() -> None:
    """Let a long check go on, whatever happens meanwhile."""


def check_digest(book: Book, go_on: Callable[[], None] = go_on) -> None:
    """Raise `PlanError` where a plan was changed after it was made: what is carried out is what was approved.

    Batches are read one by one; what `go_on` raises ends that. A plan without a digest was put together by hand.
    """
    header = book.header
    parts = book.groups, book.creates, book.renames, book.deletes
    if header.digest and digest_of(header, *parts, _watched(book.batches(), go_on)) != header.digest:
        raise PlanError(
            Words(
                f"{book.where}: the plan was changed after it was made", f"{book.where}：计划在生成后被改动过"
            ),
            Words("make it anew: fenzu regroup plan", "请重新生成：fenzu regroup plan"),
        )


def check_groups(book: Book, there: Iterable[Group], begun: Sequence[Action]) -> None:
    """Raise `StalePlan` where a group of the plan is gone or has another name, but by this run itself."""
    there = list(there)
    names: dict[int, str] = {group.id: group.name for group in there}
    renames = {rename.group_id: rename for rename in book.renames}
    done = {(action.kind, action.subject) for action in begun}
    moved = []
    for known in book.groups:
        if known.id in RESERVED_GROUPS or (known.id not in names and ("delete", known.id) in done):
            continue
        rename = renames.get(known.id) if ("rename", known.id) in done else None
        if names.get(known.id) not in _names(known, rename):
            moved.append(_group_words(known, names.get(known.id)))
    to_be_named = [rename for rename in book.renames if ("rename", rename.group_id) not in done]
    moved += _joined(to_be_named, {group.id: group.count or 0 for group in there})
    if moved:
        raise _stale(moved)


def _joined(renames: Iterable[Rename], counts: Mapping[int, int]) -> Iterator[Words]:
    """Tell of groups that somebody joined whom the wish does not list, and who would get another group's name."""
    for rename in renames:
        count = counts.get(rename.group_id, 0)
        if rename.followers is not None and count > rename.followers:
            group = f"{rename.group_id} {rename.old}"
            yield Words(
                f"{count:,} followers are in group {group} now, not {rename.followers:,}: not all of them are listed",
                f"分组 {group} 现有 {count:,} 个粉丝，而不是 {rename.followers:,} 个：不全在名单中",
            )


def check_followers(
    book: Book,
    mirror: Mirrored,
    ids: dict[int, int],
    *,
    resumed: bool,
    go_on: Callable[[], None] = go_on,
) -> None:
    """Raise `StalePlan` where the mirror learnt since that somebody who is yet to be moved is not where they were.

    Once the run has begun, who is at their target already is all right: it was this run that has moved them. Batches
    are looked at some at a time; what `go_on` raises ends that.
    """
    is_news = _news_for(book.header, mirror)
    moved = []
    for some in _unsettled(book) if is_news is not None else ():
        go_on()
        found = mirror.find(openid for batch in some for openid in batch.openids)
        for batch in some:
            target = ids.get(batch.target, batch.target)
            for openid, source in zip(batch.openids, batch.sources, strict=True):
                row = found.get(openid)
                right = (source, target) if resumed else (source,)
                if row is not None and is_news is not None and is_news(row) and not _stands(row, right):
                    moved.append(_row_words(row, source))
    if moved:
        raise _stale(moved)


def _news_for(header: Header, mirror: Mirrored) -> Callable[[MirrorRow], bool] | None:
    """Return what tells whether the plan was made without knowing a row of the mirror; None where it knew them all.

    In another mirror than the plan's revisions count otherwise. There a row is news that was learnt later than the
    oldest that the plan was made from; one without a group says nothing.
    """
    if header.mirror and mirror.id != header.mirror:
        oldest = header.mirrored_at or 0.0
        return lambda row: (not row.follows or row.group_id is not None) and _learnt_at(row) >= oldest
    if mirror.revision <= header.revision:
        return None
    return lambda row: row.revision > header.revision


def _learnt_at(row: MirrorRow) -> float:
    return max(row.seen_at or 0.0, row.gone_at or 0.0)


def _watched(batches: Iterable[Batch], go_on: Callable[[], None]) -> Iterator[Batch]:
    for batch in batches:
        go_on()
        yield batch


def _unsettled(book: Book) -> Iterator[list[Batch]]:
    after = 0
    while some := book.unsettled(after, READ):
        yield some
        after = some[-1].number


def _names(known: KnownGroup, rename: Rename | None) -> tuple[str, ...]:
    return (known.name,) if rename is None else (rename.old, rename.new)


def _stands(row: MirrorRow, groups: tuple[int, ...]) -> bool:
    return row.follows and row.group_id in groups


def _group_words(known: KnownGroup, name: str | None) -> Words:
    if name is None:
        return Words(f"group {known.id} {known.name} is gone", f"分组 {known.id} {known.name} 已不存在")
    return Words(
        f"group {known.id} is called {name} now, not {known.name}",
        f"分组 {known.id} 现名 {name}，不再是 {known.name}",
    )


def _row_words(row: MirrorRow, source: int) -> Words:
    who = mask(row.openid)
    if not row.follows:
        return Words(f"{who} does not follow any more", f"{who} 已取消关注")
    return Words(
        f"{who} is in group {row.group_id} now, not in {source}",
        f"{who} 现在分组 {row.group_id}，不再是 {source}",
    )


def _stale(moved: Sequence[Words]) -> StalePlan:
    more = len(moved) - SHOWN
    en = "; ".join(words.en for words in moved[:SHOWN]) + (f"; and {more:,} more" if more > 0 else "")
    zh = "；".join(words.zh for words in moved[:SHOWN]) + (f"；另有 {more:,} 处" if more > 0 else "")
    return StalePlan(
        Words(f"the plan is stale: {en}", f"计划已过时：{zh}"),
        Words(
            "sync the mirror and make a new plan: fenzu mirror sync, fenzu regroup plan",
            "请同步镜像并重新制定计划：fenzu mirror sync，fenzu regroup plan",
        ),
    )
