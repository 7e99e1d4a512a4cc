"""What follows from an answer: what is sent again, what is waited for, what ends a run."""

import pytest

from fenzu.errors import api_error
from fenzu.regroup._step import Fate, fate_of


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_ends_again_and_again_is_no_end(code: int) -> None:
    """A call refused for its token twice is sent again: another system fetches tokens too, and that passes."""
    assert fate_of(api_error(code, "refused", "groups.move_many")) is Fate.AGAIN


@pytest.mark.parametrize("code", [40001, 40125, 40013])
def test_a_wrong_secret_ends_the_run(code: int) -> None:
    """What the token call itself refuses stays refused: nothing is sent again."""
    assert fate_of(api_error(code, "refused", "token.stable")) is Fate.END
