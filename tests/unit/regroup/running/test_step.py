"""What a run does after an answer."""

from fenzu.regroup._running.step import most_failures


def test_small_runs_are_exempt_from_the_percentage_of_failures() -> None:
    """One in a hundred may fail, at least twenty, at most five hundred, unless somebody said how many."""
    assert [most_failures(None, n) for n in (0, 100, 5_000, 1_000_000)] == [20, 20, 50, 500]
    assert most_failures(0, 1_000_000) == 0
