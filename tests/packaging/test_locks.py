"""The locks agree with what they were made from, and with each other; checked without asking an index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted(source: str) -> list[Requirement]:
    """Read a .in file, the files it includes among it."""
    found: list[Requirement] = []
    for line in (FOLDER / source).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += wanted(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def locked(lock: str) -> dict[str, set[str]]:
    """Read a lock: name → its versions (more than one where the lock tells Pythons apart)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.\[\],-]+)==(\S+)", (FOLDER / lock).read_text(encoding="utf-8"), re.MULTILINE
    ):
        found.setdefault(canonicalize_name(name.partition("[")[0]), set()).add(version)
    return found


@pytest.mark.parametrize("kind", ["dev", "run", "bench"])
def test_lock_holds_what_is_asked_for(kind: str) -> None:
    """After a change of pyproject.toml or a .in file, `make lock` was not forgotten."""
    asked = [Requirement(text) for text in PROJECT["project"]["dependencies"]] + wanted(f"{kind}.in")
    if kind == "dev":
        extras = PROJECT["project"]["optional-dependencies"].values()
        asked += [Requirement(text) for extra in extras for text in extra]
    pins = locked(f"{kind}.txt")
    for requirement in asked:
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement} is not in requirements/{kind}.txt: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), (
            f"{requirement}: make lock"
        )


def test_locks_agree() -> None:
    """`make demo` and `make test` share an environment, so their locks have the same versions."""
    dev, run = locked("dev.txt"), locked("run.txt")
    assert {name: versions for name, versions in dev.items() if name in run} == run


@pytest.mark.parametrize("lock", sorted(path.name for path in FOLDER.glob("*.txt")))
def test_lock_is_hashed_and_names_no_index(lock: str) -> None:
    """Each machine installs what was locked, byte for byte, from the index that it is set up for."""
    text = (FOLDER / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|^--(extra-)?index|^--find-links|^-i ", text, re.MULTILINE)
    pins = re.split(r"\n(?=[a-z])", text.partition("\n    make lock\n")[2] or text)
    assert all("--hash=sha256:" in pin for pin in pins if re.match(r"[a-z]", pin))


def test_lock_names_no_folder_of_a_machine() -> None:
    """No lock tells where on which machine it was made."""
    for path in FOLDER.iterdir():
        assert str(Path.home()) not in path.read_text(encoding="utf-8")
        assert str(ROOT) not in path.read_text(encoding="utf-8")
