"""The variables that lead to a sandbox, and the words about what is not installed."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from fenzu.wire.environment import OURS, proxy_variables, variables
from fenzu.wire.extras import Extra, install

ADDRESS = {"base_url": "http://a", "appid": "wx1", "secret": "s", "control_url": "http://b"}


def test_whom_to_trust_is_told_where_there_is_an_authority() -> None:
    """`FENZU_CA_FILE` is set whenever the sandbox has an authority, and never empty."""
    assert variables(**ADDRESS, ca_file="/ca.pem") == {**variables(**ADDRESS), "FENZU_CA_FILE": "/ca.pem"}
    assert "FENZU_CA_FILE" not in variables(**ADDRESS)


def test_both_spellings_of_the_proxy_say_the_same() -> None:
    """A program that prefers `https_proxy` is led to the sandbox too, whatever was exported before."""
    told = proxy_variables("http://c", "/ca.pem")
    assert told["HTTPS_PROXY"] == told["https_proxy"] == "http://c"
    assert set(told.values()) == {"http://c", "/ca.pem"}


def test_all_that_is_set_is_known_as_ours() -> None:
    """A file with nothing but these variables is one that a sandbox wrote and may replace."""
    everything = {**variables(**ADDRESS, ca_file="/ca.pem"), **proxy_variables("http://c", "/ca.pem")}
    assert {*everything, "FENZU_SANDBOX_PID"} == OURS


@pytest.mark.parametrize("extra", get_args(Extra))
def test_what_is_missing_can_be_installed_as_the_words_say(extra: Extra) -> None:
    """Each extra that words tell to install is one that the package has."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert extra in project["project"]["optional-dependencies"]
    assert f"pip install '.[{extra}]'" in install(extra).en
    assert f"pip install '.[{extra}]'" in install(extra).zh
