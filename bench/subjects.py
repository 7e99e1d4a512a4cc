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
    "imports": Subject(
        "imports:measure_imports", "import fenzu, fenzu --version, fenzu --help, over an interpreter"
    ),
    "start": Subject("start:measure_start", "a sandbox's first answer after its start, over moto_server"),
    "memory": Subject("memory:measure_memory", "what a sandbox holds, idle and after a million calls"),
    "reads": Subject(
        "reads:measure_reads",
        "groups/getid and groups/get under load, over the bare echo, a Flask stub, nginx and moto",
    ),
    "moves": Subject("writes:measure_moves", "durable single moves, over a commit each and the bare store"),
    "batches": Subject("writes:measure_batches", "durable moves of fifty, over the bare store"),
    "mirror": Subject("mirror:measure_mirror", "the sync of a million followers: memory, calls, time"),
    "search": Subject("search:measure_search", "pages and counts among a million in a mirror, over bare SQL"),
    "console": Subject("console:measure_console", "pages of the console on a million, over a bare page"),
    "regroup": Subject("regroup:measure_regroup", "a million followers moved, over a wechatpy loop"),
    "growth": Subject("growth:measure_growth", "from ten thousand to ten million followers"),
    "plan": Subject(
        "plan:measure_plan", "a plan of ten million wishes: seconds and memory, and over plain SQL"
    ),
}
