"""The rules that every test lives by. Fixtures that several folders share are in tests/fixtures/, a module a subject.

- Each test opens with one sentence that tells the behaviour it protects.
- Only loopback may be reached.
- In CI nothing is skipped: what a test needs has to be there.
- `FULL=1` asks for more kills, seeds and rounds.
"""

import inspect
import os
import shutil
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from tests import loopback

FULL = os.environ.get("FULL", "0") not in {"", "0"}
CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

pytest_plugins = ["fenzu.testing.plugin"] + [
    f"tests.fixtures.{path.stem}"
    for path in sorted((Path(__file__).parent / "fixtures").glob("*.py"))
    if path.stem != "__init__"
]

# The same examples each time by default, so that a change is to blame for a failure; new ones each time with FULL=1.
hypothesis.settings.register_profile(
    "default", max_examples=30, stateful_step_count=20, derandomize=True, database=None, deadline=None
)
hypothesis.settings.register_profile(
    "full", max_examples=250, stateful_step_count=50, database=None, deadline=None, print_blob=True
)
hypothesis.settings.load_profile("full" if FULL else "default")

if FULL:  # more rounds than the time for one test was meant for
    os.environ.setdefault("PYTEST_TIMEOUT", "300")


@pytest.fixture(scope="session")
def full() -> bool:
    """Tell whether the long form of a test is asked for (FULL=1): more kills, seeds and rounds of the same."""
    return FULL


def pytest_configure() -> None:
    """Close the door to everything but loopback, here and for the programs that tests start; let Ctrl-C through.

    A runner in the background leaves SIGINT ignored, and every program that a test starts would inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    loopback.guard_this_process()
    loopback.guard_programs(os.environ)


@pytest.fixture(autouse=True)
def _only_loopback() -> Iterator[None]:
    """Fail a test that tried to reach another host, even if the code under test swallowed the refusal."""
    loopback.attempts.clear()
    yield
    assert not loopback.attempts, f"tried to reach {', '.join(loopback.attempts)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that do not say in a sentence what they protect."""
    silent = [item.nodeid for item in items if not _says_a_sentence(item)]
    if silent:
        raise pytest.UsageError(
            "every test opens with a docstring of one sentence that tells the behaviour it protects; missing in:\n  "
            + "\n  ".join(dict.fromkeys(node.partition("[")[0] for node in silent))
        )


def _says_a_sentence(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return True
    said = item.function.__doc__
    if item.originalname == "runTest" and item.cls is not None:  # a hypothesis state machine's TestCase
        said = item.cls.__doc__
    paragraph = inspect.cleandoc(said or "").partition("\n\n")[0]
    return paragraph.endswith((".", "!", "?", "。", "”", "`"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `needs(program, ...)` where a program is missing."""
    for mark in item.iter_markers("needs"):
        for program in mark.args:
            if shutil.which(program) is None:
                pytest.skip(f"needs {program}, which is not installed here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one in CI."""
    report = yield
    return _no_skips_in_ci(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failed one in CI."""
    report = yield
    return _no_skips_in_ci(report)


def _no_skips_in_ci(report: Report) -> Report:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\nIn CI no test may be skipped: bring what it needs in .ci/run."
    return report
