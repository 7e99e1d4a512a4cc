"""Filling an account's mirror as a job: what is asked in which step, in words. Knows no page."""

from fenzu.console.account.desk import Desk
from fenzu.console.account.jobs import Board, Job
from fenzu.mirror import Finished, Listed, PageRead, ProfilesRead, Stopped, aio
from fenzu.wire.words import Language, Words

SYNC = "sync"
READING = Words("Reading who follows", "正在读取粉丝")
ASKING = Words("Reading who is in which group", "正在读取每个粉丝所在的分组")


async def start_sync(desk: Desk) -> Job:
    """Begin a sync of the account's mirror, or return the one that is at work."""
    mirrors = await desk.mirrors()
    return desk.jobs.start(SYNC, "mirror", aio.sync(desk.client, mirrors.write), tell)


def tell(board: Board, language: Language) -> dict[str, object]:
    """Say how far a sync has come."""
    done, total, title = 0, 0, READING
    page, listed, profiles = board.heard(PageRead), board.heard(Listed), board.heard(ProfilesRead)
    if page is not None:
        done, total = page.paged, page.total
    if listed is not None:
        done, total, title = 0, listed.to_ask, ASKING
    if profiles is not None:
        done, total = profiles.asked, profiles.to_ask
    told: dict[str, object] = {"title": title.say(language)}
    if total:
        told |= {"done": done, "total": total}
    if (finished := board.heard(Finished)) is not None:
        told["followers"] = finished.followers
    if (stopped := board.heard(Stopped)) is not None:
        told["stopped"] = stopped.error.say(language)
    return told
