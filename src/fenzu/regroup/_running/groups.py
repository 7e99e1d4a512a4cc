"""The groups of a plan: renames and creates before the moves, deletes (of an undo) after them, one after another."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from fenzu.errors import UnknownGroup
from fenzu.mirror.ports import Clock
from fenzu.model import Group, GroupID
from fenzu.regroup._books.book import Book
from fenzu.regroup._books.entries import Action, ActionDone, ActionSent, made_by
from fenzu.regroup._running.caller import Caller
from fenzu.regroup._running.events import GroupKept, GroupReady
from fenzu.regroup._running.recorder import Recorder
from fenzu.regroup._values import Create, Delete, Rename


class Groups:
    """Makes the groups what the plan wants. `ids` tells the id of each slot whose group is made."""

    def __init__(
        self,
        book: Book,
        caller: Caller,
        recorder: Recorder,
        clock: Clock,
        tell: Callable[[GroupReady | GroupKept], None],
    ) -> None:
        self._book, self._caller, self._recorder = book, caller, recorder
        self._clock, self._tell = clock, tell
        self._there: dict[int, Group] = {}
        self._begun: dict[tuple[str, int], Action] = {}
        self.ids: dict[int, int] = {}

    @property
    def there(self) -> list[Group]:
        """All groups, as far as is known."""
        return list(self._there.values())

    def take_up(self, there: Iterable[Group], begun: Sequence[Action]) -> None:
        """Take over which groups there are, and what the journal holds."""
        self._there = {group.id: group for group in there}
        self._begun = {(action.kind, action.subject): action for action in begun}
        self.ids = made_by(begun)

    async def prepare(self) -> None:
        """Rename and create what is not done yet."""
        for rename in self._book.renames:
            if not self._is_done("rename", rename.group_id):
                await self._rename(rename)
        for create in self._book.creates:
            if create.slot not in self.ids:
                await self._create(create)

    async def clear_away(self) -> None:
        """Delete what the plan wants deleted, where nobody is in it."""
        left = [delete for delete in self._book.deletes if not self._is_done("delete", delete.group_id)]
        if not left:
            return
        self._there = {group.id: group for group in await self._caller.groups()}
        for delete in left:
            group = self._there.get(delete.group_id)
            if group is None:  # by a call before whose answer nobody has seen, or by somebody else
                await self._note_deleted(delete)
            elif group.count != 0:
                self._tell(GroupKept(delete.group_id, group.name, group.count or 0))
            else:
                await self._delete(delete)

    async def _rename(self, rename: Rename) -> None:
        group, name = rename.group_id, rename.new
        await self._recorder.write(ActionSent("rename", group, self._clock.time()))
        send = partial(self._caller.directory.rename_group, group, name)
        await self._caller.call("groups.rename", send, group=group)
        await self._recorder.write(ActionDone("rename", group, self._clock.time(), group))
        before = self._there.get(group)
        self._there[group] = Group(GroupID(group), name, before.count if before else None)
        self._tell(GroupReady("rename", group, name))

    async def _create(self, create: Create) -> None:
        """Make a group; where one may have been made already, by a call whose answer was lost, look first."""
        begun = self._begun.get(("create", create.slot))
        highest = begun.highest if begun else max(self._there, default=0)
        look = partial(self._find, create.name, highest)
        made = await look() if begun else None
        if made is None:
            await self._recorder.write(ActionSent("create", create.slot, self._clock.time(), highest))
            send = partial(self._caller.directory.create_group, create.name)
            made = await self._caller.call("groups.create", send, found=look)
        await self._recorder.write(ActionDone("create", create.slot, self._clock.time(), made.id))
        self._there[made.id] = Group(made.id, create.name, made.count or 0)
        self.ids[create.slot] = made.id
        self._tell(GroupReady("create", made.id, create.name, create.slot))

    async def _find(self, name: str, highest: int) -> Group | None:
        """Return the group of that name that was made since; ids rise, so ours is above the highest before."""
        taken = set(self.ids.values())
        ours = [
            group
            for group in await self._caller.groups()
            if group.id > highest and group.name == name and group.id not in taken
        ]
        return min(ours, key=lambda group: group.id, default=None)

    async def _delete(self, delete: Delete) -> None:
        """Delete a group. Before a repeat look whether it is gone: rulebook 2021 says -1 of what is not there."""
        group = delete.group_id
        await self._recorder.write(ActionSent("delete", group, self._clock.time()))
        await self._caller.call(
            "groups.delete", partial(self._delete_or_gone, group), found=partial(self._is_gone, group)
        )
        await self._note_deleted(delete)

    async def _note_deleted(self, delete: Delete) -> None:
        group, now = delete.group_id, self._clock.time()
        await self._recorder.write(ActionSent("delete", group, now), ActionDone("delete", group, now, group))
        self._there.pop(group, None)
        self._tell(GroupReady("delete", group, delete.name))

    async def _delete_or_gone(self, group: int) -> bool:
        """Delete a group; that it is gone already is what was wanted."""
        try:
            await self._caller.directory.delete_group(group)
        except UnknownGroup:
            pass
        return True

    async def _is_gone(self, group: int) -> bool | None:
        """Return True where there is no such group, else None."""
        return None if group in {one.id for one in await self._caller.groups()} else True

    def _is_done(self, kind: str, subject: int) -> bool:
        action = self._begun.get((kind, subject))
        return action is not None and action.group_id is not None
