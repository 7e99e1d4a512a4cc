"""Where an account's mirror is."""

from pathlib import Path

import pytest

from fenzu.cli.mirror_place import open_mirror, place_of
from fenzu.errors import StoreError

URL = "http://127.0.0.1:8060"


def test_each_account_has_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a word, a mirror is a file under the user's data folder, another one for each host and appid."""
    monkeypatch.delenv("FENZU_MIRROR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = Path(place_of(None, URL, "wx1"))
    assert place.parent == tmp_path / "fenzu" / "mirrors"
    assert place.name.startswith("127.0.0.1-8060-wx1-")
    others = {place_of(None, URL, "wx2"), place_of(None, "http://127.0.0.1:8061", "wx1")}
    assert len(others | {str(place)}) == 3
    monkeypatch.delenv("XDG_DATA_HOME")
    assert place_of(None, URL, "wx1").startswith(str(Path.home() / ".local" / "share" / "fenzu"))


def test_the_option_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `--mirror` says counts, then $FENZU_MIRROR."""
    monkeypatch.setenv("FENZU_MIRROR", "postgresql://host/name")
    assert place_of(None, URL, "wx1") == "postgresql://host/name"
    assert place_of("here.db", URL, "wx1") == "here.db"


def test_a_mirror_is_made_only_to_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reading a mirror that is not there is refused with the command that makes one, and leaves nothing behind."""
    monkeypatch.delenv("FENZU_MIRROR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(StoreError, match="fenzu mirror sync"):
        open_mirror(None, URL, "wx1", read_only=True)
    assert not list(tmp_path.iterdir())
    open_mirror(None, URL, "wx1").close()
    open_mirror(None, URL, "wx1", read_only=True).close()
