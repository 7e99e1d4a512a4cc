"""Whether an account's mirror may be taken for true. A sandbox can be put back or emptied behind its back."""

from fenzu.wire.words import Words


class Doubt:
    """Why the mirror is not true any more, until a sync that began afterwards has read everything."""

    def __init__(self) -> None:
        self.words: Words | None = None
        self._times = 0

    @property
    def times(self) -> int:
        """How often it has been raised; a sync remembers that at its beginning, for `settle`."""
        return self._times

    def cast(self, words: Words) -> None:
        """Say that the mirror is not true any more."""
        self.words = words
        self._times += 1

    def settle(self, times: int) -> None:
        """Take the mirror for true again, unless doubt was cast since."""
        if times == self._times:
            self.words = None
