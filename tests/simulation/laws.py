"""What must hold of a story that has been told, whatever went wrong in it. Each law finds its breaches."""

from collections import Counter
from collections.abc import Iterator

from fenzu.model import GroupID
from fenzu.regroup._books.book import Book
from fenzu.regroup._running.step import LATE_RENEWAL, SKEW
from tests.simulation.bounds import breaches_of_bounds
from tests.simulation.network import Call
from tests.simulation.platform import CHANGES, RESERVED, day_of
from tests.simulation.story import STORMS, Story
from tests.simulation.world import World

FIRST_MIDNIGHT, DAY = 16 * 3600.0, 86_400.0
"""In Beijing, in Unix seconds."""
SLACK = 15.0
"""What a call may take between the engine and the network."""
LATER = 60.0 - SLACK
PATIENCE = 1.0
"""Seconds within which a program ends that is told to."""
NAMES = {
    "groups/members/batchupdate": "groups.move_many",
    "groups/create": "groups.create",
    "groups/update": "groups.rename",
    "groups/delete": "groups.delete",
}


def breaches(story: Story, *, is_over: bool = True) -> list[str]:
    """Return every breach of a law, in words; `is_over` tells whether the plan was to be carried out by now."""
    with story.database() as database:
        book = Book(database, story.run)
        return [
            *_gives_reasons(story),
            *(_converges(story, book) if is_over and not story.is_spoiled else ()),
            *_is_refused_where_it_has_to_be(story),
            *_touches_nobody_else(story),
            *_makes_each_group_once(story, book),
            *_journal_tells_the_truth(story, book),
            *breaches_of_bounds(story),
            *_stops_at_the_quota(story),
            *_ends_when_told(story),
            *_mirror_tells_the_truth(story, book),
        ]


def _converges(story: Story, book: Book) -> Iterator[str]:
    last = story.lives[-1]
    if last.ending != "finished":
        yield f"not finished after {len(story.lives)} lives: {last.ending} {last.reason}"
        return
    if book.state().state != "done":
        yield f"finished, and the journal says {book.state().state}"
    for rename in story.world.plan.renames:
        if story.platform.groups.get(rename.group_id) != rename.new:
            yield f"group {rename.group_id} is not renamed"
    yield from _moves_everybody(story, book)


def is_where_it_began(story: Story, before: World) -> Iterator[str]:
    """Find what an undo has not taken back."""
    if story.platform.groups != RESERVED | dict(before.groups):
        yield f"there are other groups than before: {story.platform.groups}"
    for openid, group in story.platform.members.items():
        if before.members[openid] != group:
            yield f"{openid} is in {group}, and was in {before.members[openid]}"


def _gives_reasons(story: Story) -> Iterator[str]:
    for number, life in enumerate(story.lives, 1):
        if life.ending == "stopped" and not life.reason:
            yield f"life {number} stopped without a reason"
        if number > STORMS and life.ending == "stopped" and life.reason not in ("45009", "StalePlan"):
            yield f"life {number} stopped in fair weather: {life.reason}"


def _is_refused_where_it_has_to_be(story: Story) -> Iterator[str]:
    """A plan whose group is gone is not carried out any further; nobody stops for that in any other story."""
    last = story.lives[-1]
    if story.is_spoiled and last.ending not in ("finished", "refused") and len(story.lives) >= STORMS:
        yield f"a group is gone, and the run ends with {last.ending} {last.reason}"
    if not story.is_spoiled and "StalePlan" in {life.reason for life in story.lives}:
        yield "held for stale, and nothing has changed"


def _moves_everybody(story: Story, book: Book) -> Iterator[str]:
    ids = book.group_ids()
    failed = {failure.openid for failure in book.failures()}
    for openid, target in story.world.wish.items():
        is_at, should = story.platform.members.get(openid), ids.get(target, target)
        if openid in story.world.strangers:
            if openid not in failed:
                yield f"{openid} follows nobody and is not told as failed"
        elif openid not in story.gone and (is_at != should or openid in failed):
            yield f"{openid} is in {is_at} and not in {should} (failed: {openid in failed})"


def _touches_nobody_else(story: Story) -> Iterator[str]:
    for openid, group in story.world.members.items():
        if openid in story.world.wish or openid in story.gone:
            continue
        if (
            story.platform.members[openid] != group and not story.is_spoiled
        ) or openid in story.platform.touched:
            yield f"{openid} is not listed and was moved"


def _makes_each_group_once(story: Story, book: Book) -> Iterator[str]:
    made = Counter(name for _, name in story.platform.created)
    wanted = Counter(create.name for create in story.world.plan.creates)
    if made - wanted:
        yield f"made too often: {dict(made - wanted)}"
    ids = book.group_ids()
    if len(set(ids.values())) < len(ids):
        yield f"one group stands for two: {ids}"
    if strange := set(ids.values()) - {number for number, _ in story.platform.created}:
        yield f"groups that were there before stand for new ones: {strange}"
    for create in story.world.plan.creates:
        id_ = ids.get(create.slot)
        if id_ is not None and story.platform.groups.get(id_) != create.name:
            yield f"slot {create.slot} is group {id_}, which is not called {create.name}"


def _journal_tells_the_truth(story: Story, book: Book) -> Iterator[str]:
    tally = book.tally()
    plan = story.world.plan
    if (tally.batches, tally.followers) != (len(plan.batches), plan.moves):
        yield f"another plan in the journal: {tally}"
    if story.lives[-1].ending == "finished" and (
        tally.settled != tally.batches or tally.moved + tally.failed != tally.followers
    ):
        yield f"finished, and not all is settled: {tally}"
    journal, calls = book.calls(), story.network.calls
    was_killed = any(life.ending == "killed" for life in story.lives)
    had_token = all(call.code == 0 for call in calls if call.name == "stable_token")
    for call, name in NAMES.items():
        sent = [one.code for one in calls if one.name == call]
        renewed = sum(code in (40001, 42001) for code in sent)  # the client itself sends these again, once
        told = journal.get(name, 0)
        if (told > len(sent) and had_token) or (told < len(sent) - renewed and not was_killed):
            yield f"{name}: the journal says {told} calls, the platform {len(sent)}"


def _stops_at_the_quota(story: Story) -> Iterator[str]:
    """After a 45009 nothing is changed in the same life until the platform's next day.

    But for a call that was under way by then, whose token had ended: the client itself sends it once more. And but for
    the first minutes of a day, which may have begun a little later at the platform: then a minute later, not sooner.
    """
    refused: dict[tuple[int, str], list[Call]] = {}
    for call in story.network.calls:
        if call.code == 45009 and call.answered is not None:
            refused.setdefault((call.life, day_of(call.ended_at)), []).append(call)
    renewed = {(call.life, call.body) for call in story.network.calls if call.code in (40001, 42001)}
    for call in story.network.calls:
        if call.name not in CHANGES or (call.life, call.body) in renewed:
            continue
        for before in refused.get((call.life, day_of(call.at)), ()):
            is_later = _may_be_late(story, before) and call.at - before.at >= LATER
            if call.sent > (before.answered or 0) and not is_later:
                yield f"{call.name} was sent at {call.at} after 45009 of {before.name} at {before.ended_at}"
                break


def _may_be_late(story: Story, refused: Call) -> bool:
    """Whether the platform's day may not have begun yet when it refused a call: it has taken none of its kind today."""
    midnight = refused.at - (refused.at - FIRST_MIDNIGHT) % DAY
    return refused.at - midnight < LATE_RENEWAL and not any(
        call.name == refused.name
        and call.life == refused.life
        and call.code == 0
        and midnight + SKEW + SLACK <= call.at < refused.at
        for call in story.network.calls
    )


def _ends_when_told(story: Story) -> Iterator[str]:
    for number, life in enumerate(story.lives, 1):
        if life.seconds_to_end > PATIENCE:
            yield f"life {number} was told to end and took {life.seconds_to_end:.1f} s"


def _mirror_tells_the_truth(story: Story, book: Book) -> Iterator[str]:
    """The mirror knows everybody where they are, but for those who have left without its knowing."""
    with story.mirror() as mirror:
        if mirror is None or story.is_spoiled or story.lives[-1].ending != "finished":
            return
        rows = mirror.find(story.world.members)
        for openid, group in story.platform.members.items():
            if rows[openid].group_id != group:
                yield f"the mirror has {openid} in {rows[openid].group_id}, and it is in {group}"
        names = {group.id: group.name for group in mirror.groups()}
        if any(
            names.get(GroupID(group)) != story.platform.groups[group] for group in book.group_ids().values()
        ):
            yield f"the mirror knows other groups: {names}"
