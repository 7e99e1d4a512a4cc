"""A sandbox that answers before it commits, as a program: what the tests of durability have to find out.

After a while only every twentieth commit is one, so that the last changes are lost to a kill. It takes the arguments
of `fenzu`.
"""

from typing_extensions import override

from fenzu.sandbox.store import opening as store
from fenzu.sandbox.store.sqlite import SqliteConnection
from fenzu.testing import SandboxProcess


class HastyConnection(SqliteConnection):
    """Says that all is committed when it is not."""

    count = 0
    has_begun = False

    @property
    @override
    def is_idle(self) -> bool:
        return not self.has_begun

    @override
    def begin(self) -> None:
        self.has_begun = True
        if self.get_autocommit():
            super().begin()

    @override
    def commit(self) -> None:
        self.has_begun = False
        self.count += 1
        if self.count < 30 or self.count % 20 == 0:
            super().commit()


class HastyProcess(SandboxProcess):
    """Runs this sandbox instead of the real one."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(*arguments)
        self._command[1:3] = [__file__]


if __name__ == "__main__":
    from fenzu.cli.main import main

    vars(store)["SqliteConnection"] = HastyConnection
    main()
