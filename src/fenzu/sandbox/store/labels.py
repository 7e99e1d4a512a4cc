"""Tags and notes of one account while a group of requests is decided: the rows read, with the changes made on top.

The part of an overlay that most accounts never need: it is filled when a request is about tags, and else stays empty.
"""

from fenzu.sandbox.rules.rows import GroupRow, LabelChanges, Note


class Labels:
    """Fulfils `LabelRows`, and tells what is to be written."""

    def __init__(self) -> None:
        self.tags: dict[int, GroupRow] = {}
        """All tags of the account once they are read: there is always one."""
        self.is_changed = False
        self._clear()

    def forget(self) -> None:
        """Begin a new group of requests: what was changed is written. The tags stay."""
        if self.notes or self.elsewhere or self.is_changed:
            self._clear()

    def _clear(self) -> None:
        self.notes: dict[str, Note] = {}
        self.elsewhere: frozenset[str] = frozenset()
        self.is_changed = False
        self.changed_tags: set[int] = set()
        self.changed_notes: set[str] = set()
        self.changed_taggings: dict[tuple[int, int], bool] = {}

    def apply(self, changes: LabelChanges) -> None:
        """Put changes on top."""
        self.is_changed = True
        for id_, tag in changes.tags.items():
            if tag is None:
                self._drop(id_)
            else:
                self.tags[id_] = tag
            self.changed_tags.add(id_)
        self.notes.update(changes.notes)
        self.changed_notes.update(changes.notes)
        self.changed_taggings.update(changes.taggings)

    def _drop(self, gone: int) -> None:
        """Forget a tag with what was to be written of it: its rows go as a whole."""
        self.tags.pop(gone, None)
        self.changed_taggings = {
            key: carried for key, carried in self.changed_taggings.items() if key[0] != gone
        }
