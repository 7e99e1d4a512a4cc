"""What an error says about the call that met it."""

import pytest

from fenzu.errors import api_error
from fenzu.fate import Fate, fate_of


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_ends_again_and_again_is_no_end(code: int) -> None:
    """A call refused for its token twice is sent again: another system fetches tokens too, and that passes."""
    assert fate_of(api_error(code, "refused", "groups.move_many")) is Fate.AGAIN


@pytest.mark.parametrize("code", [40001, 40125, 40013])
def test_a_wrong_secret_ends_the_run(code: int) -> None:
    """What the token call itself refuses stays refused: nothing is sent again."""
    assert fate_of(api_error(code, "refused", "token.stable")) is Fate.END


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        (40003, Fate.BAD_OPENID),
        (43004, Fate.BAD_OPENID),
        (40050, Fate.NO_GROUP),
        (40152, Fate.NO_GROUP),
        (45011, Fate.NEXT_MINUTE),
        (45009, Fate.NEXT_DAY),
        (-1, Fate.AGAIN),
        (48001, Fate.END),
        (45018, Fate.END),
    ],
)
def test_each_code_has_its_fate(code: int, fate: Fate) -> None:
    """What a code says about the call that met it is decided in one place."""
    assert fate_of(api_error(code, "text", "groups.move_many")) is fate
