"""Which numbers accounts had before resets and deletions, as long as requests may be queued that name them."""

from collections.abc import Iterable, Mapping

import msgspec

from fenzu.sandbox.store.queued import Ticket


class Renumberings:
    """Those behind which old numbers may be queued, the oldest first; true while there are any."""

    def __init__(self) -> None:
        self._all: list[Mapping[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def note(self, numbers: object) -> None:
        """Note the numbers that accounts had, each with the one it has now."""
        assert isinstance(numbers, Mapping)
        self._all.append(numbers)

    def forget_oldest(self) -> None:
        """Note that nothing is queued any more that knows no better than before the oldest one."""
        del self._all[0]

    def successor(self, number: int) -> int:
        """Return the number that an account has now; one that was never changed is its own."""
        for numbers in self._all:
            number = numbers.get(number, number)
        return number

    def readdress(self, tickets: Iterable[Ticket]) -> None:
        """Let those who name a number that their account has no more name the one that it has."""
        for ticket in tickets:
            number = self.successor(ticket.request.account)
            if number != ticket.request.account:
                ticket.request = msgspec.structs.replace(ticket.request, account=number)
