"""What a run is told: how long, how large, and where stores may lie."""

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True):
    """`quick` tries the benchmarks in seconds; `top` is the account size at the end of the growth."""

    folder: str
    quick: bool = False
    top: int = 10_000_000

    def take(self, whole: int, quick: int) -> int:
        """Return the one number or the other."""
        return quick if self.quick else whole

    @property
    def rounds(self) -> int:
        return self.take(7, 3)

    @property
    def load_rounds(self) -> int:
        return self.take(5, 2)

    @property
    def load_seconds(self) -> float:
        """How long one turn under load takes."""
        return 0.7 if self.quick else 3.0

    def store(self, name: str) -> str:
        """Return the path of a new store."""
        return str(Path(self.folder) / f"{name}.db")
