"""What a page says of who is new, back or gone."""

from fenzu.mirror._compare import Compared, Known, compare, gaps


def known(*numbers: int, gone: tuple[int, ...] = ()) -> dict[str, Known]:
    """Followers called after their numbers."""
    return {f"o{number}": Known(number, number not in gone) for number in (*numbers, *gone)}


def page(*numbers: int) -> list[str]:
    """A page of them."""
    return [f"o{number}" for number in numbers]


def test_a_page_as_it_was_says_nothing_new() -> None:
    """Where nobody came and nobody left, all are seen and nobody else is spoken of."""
    assert compare(page(1, 2, 3), known(1, 2, 3), 9, 0) == Compared((), frozenset(), ((1, 3),), 3)


def test_strangers_are_new() -> None:
    """Whom the mirror does not know is new, each once, in follow order."""
    found = compare([*page(1, 2), "oB", "oA", "oB"], known(1, 2), 2, 0)
    assert found == Compared(("oB", "oA"), frozenset(), ((1, 2),), 2)


def test_who_had_left_and_stands_on_a_page_is_back() -> None:
    """Somebody known to have left who is on a page follows again."""
    assert compare(page(1, 3, 2), known(1, 3, gone=(2,)), 3, 0) == Compared(
        ("o2",), frozenset({"o2"}), ((1, 1), (3, 3)), 3
    )


def test_who_stands_behind_later_ones_is_back() -> None:
    """Somebody with a low number behind higher ones has left and followed again in between, on one page or over two."""
    assert compare(page(1, 3, 4, 2), known(1, 2, 3, 4), 4, 0).back == {"o2"}
    assert compare(page(5, 6, 2, 1), known(1, 2, 5, 6), 6, 4) == Compared(
        ("o2", "o1"), frozenset({"o1", "o2"}), ((5, 6),), 6
    )


def test_even_many_who_came_back_are_told_from_one_who_stayed() -> None:
    """Nobody can move forward in the list: who stands behind a higher number is back, even if most are."""
    assert compare(page(9, 1, 2, 3), known(1, 2, 3, 9), 9, 0).back == {"o1", "o2", "o3"}
    some = [*range(2_000, 1_000, -1), 3_000]
    assert len(compare(page(2_500, *some), known(2_500, *some), 3_000, 0).back) == 1_000


def test_one_in_the_wrong_place_does_not_make_all_others_look_odd() -> None:
    """One far ahead in the midst of very many, on this page or the one before, is taken for the odd one."""
    many = range(2, 2_000)
    found = compare(page(1, 9_000, *many), known(1, 9_000, *many), 9_000, 0)
    assert found == Compared((), frozenset(), ((1, 1_999), (9_000, 9_000)), 1_999)
    found = compare(page(*many, 1), known(1, *many), 9_000, 9_000)
    assert found == Compared(("o1",), frozenset({"o1"}), ((2, 1_999),), 1_999)


def test_one_far_ahead_at_a_page_s_end_is_not_trusted() -> None:
    """The last of a page does not lead on if it is more than a page ahead of the others."""
    assert compare(page(1, 2, 50_000), known(1, 2, 50_000), 60_000, 0).reached == 2
    assert compare(page(50_000), known(50_000), 60_000, 2).reached == 2
    assert compare(page(50_000, 50_001), known(50_000, 50_001), 60_000, 2).reached == 50_001


def test_who_was_found_while_the_sync_ran_is_let_be() -> None:
    """Rows that are newer than the sync are neither seen nor back."""
    assert compare(page(1, 7, 2), known(1, 2, 7), 5, 0) == Compared((), frozenset(), ((1, 2),), 2)


def test_gaps_are_who_was_on_no_page() -> None:
    """The stretches between the runs, before the first and after the last, are those who have left."""
    assert list(gaps([(2, 3), (4, 6), (9, 9)], 12)) == [(1, 1), (7, 8), (10, 12)]
    assert list(gaps([(1, 12)], 12)) == []
    assert list(gaps([], 2)) == [(1, 2)]
    assert list(gaps([], 0)) == []
