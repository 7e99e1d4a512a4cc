"""The profiles of up to a hundred, also where the platform refuses the hundred for the sake of one."""

from collections.abc import Sequence
from functools import partial

from fenzu.errors import InvalidOpenid
from fenzu.halving import Verdict, halving
from fenzu.mirror.asking import Asker
from fenzu.mirror.directory import Directory
from fenzu.model import Follower, OpenID


async def read_profiles(directory: Directory, asker: Asker, openids: Sequence[str]) -> list[Follower]:
    """Ask for the profiles of 1 to 100. Whom the platform does not know is found by halving, and follows no more."""
    read: list[Follower] = []
    search = halving(openids)
    part = next(search)
    while True:
        verdict = Verdict.DONE
        try:
            read += await asker.ask("followers.get_many", partial(directory.profiles, part))
        except InvalidOpenid:
            verdict = Verdict.REFUSED
            if len(part) == 1:
                read.append(Follower(OpenID(part[0])))
        try:
            part = search.send(verdict)
        except StopIteration:
            return read
