"""Ways in which a copy of a store goes bad: cut short, overwritten, a part of it left behind. Knows no format."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import msgspec


class Damage(msgspec.Struct, frozen=True):
    """What was done to a file, and from which byte to which it is not what it was."""

    name: str
    way: str
    at: int
    end: int

    def __str__(self) -> str:
        return f"{self.name}: {self.way} at byte {self.at}"


Spoil: TypeAlias = Callable[[bytes, random.Random], tuple[bytes, str]]


def cut(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    return content[: rng.randrange(len(content))], "cut"


def cut_at_page(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    return content[: rng.randrange(len(content)) // 4096 * 4096], "cut at a page"


def overwrite(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    size = rng.choice([1, 2, 8, 60, 512, 4096, 10_000])
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(size)[: len(content) - at] + content[
        at + size :
    ], f"{size} overwritten"


def blank(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    size = rng.choice([1, 16, 512, 4096])
    at = rng.randrange(len(content) // size) * size
    return content[:at] + bytes(size) + content[at + size :], f"{size} blanked"


def repeat(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    size = rng.choice([512, 4096])
    source, at = (rng.randrange(len(content) // size) * size for _ in range(2))
    return content[:at] + content[source : source + size] + content[at + size :], f"{size} from {source}"


WAYS: tuple[Spoil, ...] = (cut, cut_at_page, overwrite, overwrite, overwrite, blank, repeat)


def spoil(file: Path, rng: random.Random) -> Damage:
    """Damage a file in one way or another; it is never what it was afterwards."""
    before = file.read_bytes()
    while True:
        after, way = rng.choice(WAYS)(before, rng)
        if after != before:
            break
    file.write_bytes(after)
    differing = [number for number, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
    if len(after) < len(before):
        return Damage(file.name, way, len(after), len(before))
    return Damage(file.name, way, differing[0], differing[-1] + 1)
