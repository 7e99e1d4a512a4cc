"""`fenzu regroup undo`: a plan taken back, as far as nobody else has touched since what it did."""

from contextlib import closing
from typing import TYPE_CHECKING, Unpack

from fenzu.cli import main
from fenzu.cli.command import command
from fenzu.cli.counted import counted
from fenzu.cli.io import Column, Streams, harmless
from fenzu.cli.on_account import YES, Session, on_account
from fenzu.cli.progress import progress
from fenzu.cli.regroup.apply import ENDS
from fenzu.cli.regroup.carrying import Asked, Held, Wanted, ask, carry_on, carrying, held, whose
from fenzu.cli.regroup.place import PLAN, RUN
from fenzu.regroup._render.labels import LEFT_ALONE, label
from fenzu.wire.words import Words

if TYPE_CHECKING:
    from fenzu.regroup._books.book import Book
    from fenzu.regroup._books.opening import OpenRun
    from fenzu.regroup._settling.undo import Undo

ASKED = Words("Take it back?", "是否撤销？")


@command(
    None,
    "undo",
    words=Words("take a plan back", "撤销计划"),
    details=Words(
        "Also one that was applied in part. First asks where everybody is whom it moved, a hundred a call. Whoever is "
        "still where the plan put them goes back; who was moved by somebody else since (moved_since), is gone (gone), "
        "or whose former group is deleted (group_gone) is left alone and printed: openid, why, the group they are in. "
        "Names that the plan gave are turned back, and groups that it made are deleted, if nobody else has renamed "
        "them and nobody is left in them. Shows the account and asks; without a terminal it needs --yes. An undo that "
        f"has stopped goes on with `undo` or `resume`.\n{ENDS.en}",
        "只执行了一部分的计划也可以撤销。先查询它移动过的所有粉丝现在的分组，每次调用一百个。仍在计划所放分组的回到原分组；"
        "之后被他人移动的（moved_since）、已取消关注的（gone）、原分组已被删除的（group_gone）保持不动并打印："
        "openid、原因、现在的分组。计划改过的名称改回，计划新建的分组在没有被他人改名且已空时删除。"
        f"执行前显示账号并询问；没有终端时须加 --yes。中途停止的撤销用 `undo` 或 `resume` 继续。\n{ENDS.zh}",
    ),
    examples=("fenzu regroup undo crm.plan", "fenzu regroup undo crm.plan --yes"),
)
@PLAN
@YES
@carrying
@RUN
@on_account(writes=True)
async def undo(session: Session, plan: str, yes: bool, number: int | None, **wanted: Unpack[Wanted]) -> int:
    """Go on with an undo that has stopped, or make one and carry it out."""
    from fenzu.errors import StalePlan
    from fenzu.regroup._books.opening import open_run
    from fenzu.regroup._running.stale import check_account

    directory, asked = session.client.directory, Asked(ASKED, yes)
    with closing(open_run(plan, number)) as run:
        check_account(run.for_undo().header, directory.appid, directory.base_url)
        with held(run, wanted["mirror"]) as account:
            stopped = run.stopped_undo()
            if stopped is not None:
                session.streams.say(_going_on(stopped))
                ask(session.streams, asked)
                try:
                    return await carry_on(session, stopped, account, wanted)
                except StalePlan as stale:
                    session.streams.say(stale.words)
                    session.streams.say(_looking_anew())
            return await _undo(session, run, account, asked, wanted)


async def _undo(session: Session, run: "OpenRun", account: Held, asked: Asked, wanted: Wanted) -> int:
    """Ask where everybody is, show the way back, ask the person, go."""
    from fenzu.regroup._asking.present import Asking
    from fenzu.regroup._settling.undo import make_undo

    streams = session.streams
    total = sum(len(batch.openids) for batch in run.planned.begun())
    with progress(streams, Words("asking", "查询中"), total, "asked", shows=total > 500) as shown:
        found = await make_undo(
            run.planned,
            Asking(session.client.directory, account.mirror),
            told=lambda asked: shown.show(asked, 0),
        )
    _print_left(found, streams)
    streams.say(_about(found))
    more = _as_json(found)
    if found.plan.is_empty:
        if streams.as_json:
            streams.json({"state": "done", "kind": "undo", "followers": 0, "moved": 0, **more})
        return main.DONE
    ask(streams, asked)
    return await carry_on(session, run.add(found.plan), account, wanted, more)


_COLUMNS = (
    Column(Words("openid", "openid"), whole=True),
    Column(Words("left alone", "保持不动")),
    Column(Words("group", "分组"), right=True),
)


def _print_left(found: "Undo", streams: Streams) -> None:
    if not streams.as_json and found.left:
        rows = [
            (
                one.openid,
                label(LEFT_ALONE, one.why).say(streams.language) if streams.drawn else one.why,
                "" if one.found is None else str(one.found),
            )
            for one in found.left
        ]
        streams.rows(_COLUMNS, rows)
    for group in found.groups_left:
        now = Words("is deleted", "已被删除")
        if group.found is not None:
            name = harmless(group.found)
            now = Words(f"is called {name} now", f"现名 {name}")
        wanted = harmless(group.wanted)
        streams.say(
            Words(
                f"Group {group.id} {wanted} {now.en}: left alone.",
                f"分组 {group.id} {wanted} {now.zh}：保持不动。",
            )
        )


def _as_json(found: "Undo") -> dict[str, object]:
    return {"back": found.back, "left_alone": found.left, "groups_left_alone": found.groups_left}


def _about(found: "Undo") -> Words:
    """Return for whom and what, before the first write."""
    plan, left = found.plan, found.plan.header.problems
    told = ", ".join(f"{label(LEFT_ALONE, why).en} {n:,}" for why, n in sorted(left.items())) or "0"
    told_zh = "，".join(f"{label(LEFT_ALONE, why).zh} {n:,}" for why, n in sorted(left.items())) or "0"
    account = whose(plan.header)
    calls = counted(len(plan.batches), "call")
    return Words(
        f"{account.en}\n"
        f"Followers to move back: {plan.moves:,}, in {calls}; there already: {found.back:,}; "
        f"left alone: {told}. Names to turn back: {len(plan.renames)}, groups to delete if empty: {len(plan.deletes)}.",
        f"{account.zh}\n"
        f"移回粉丝 {plan.moves:,} 个，调用 {len(plan.batches):,} 次；已在原处 {found.back:,} 个；保持不动：{told_zh}。"
        f"改回名称 {len(plan.renames)} 个，清空后删除分组 {len(plan.deletes)} 个。",
    )


def _going_on(book: "Book") -> Words:
    tally, account = book.tally(), whose(book.header)
    return Words(
        f"{account.en}\n"
        f"Going on with the undo that stopped: {tally.moved:,} of {tally.followers:,} are back.",
        f"{account.zh}\n继续中途停止的撤销：{tally.followers:,} 个中已移回 {tally.moved:,} 个。",
    )


def _looking_anew() -> Words:
    return Words("Looking anew where everybody is.", "重新查询所有粉丝的位置。")
