"""Which benchmarks there are, as data. A benchmark's module is imported in the process that runs it."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from bench.report import Row
from bench.settings import Settings


class Subject(NamedTuple):
    """One benchmark: where it lives (`module:function`) and what it measures, in a line."""

    target: str
    what: str

    def load(self) -> Callable[[Settings], Iterator[Row]]:
        module, _, name = self.target.partition(":")
        found: Callable[[Settings], Iterator[Row]] = getattr(import_module(f"bench.{module}"), name)
        return found


SUBJECTS = {
    "client": Subject("client:measure_sync", "what a call costs, over pyreqwest and wechatpy"),
    "async": Subject("client:measure_async", "64 calls in flight, the same peers"),
    "imports": Subject("imports:measure_imports", "import fenzu, fenzu --version, fenzu --help"),
}
