"""The wheel, built once, and an environment in which it is installed without the source tree."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(what: str, source: Path, into: Path) -> Path:
    """Build a wheel or an sdist of the project in `source` with the backend that is installed here."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", what, "--directory", into],
        cwd=source,
        check=True,
        capture_output=True,
    )
    [made] = into.iterdir()
    return made


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, once."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def wheel_of_sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and from it alone a wheel, as packagers do."""
    sdist = build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    [source] = unpacked.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel-of-sdist"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own, which borrows the dependencies from this one; give its bin/."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    bin_folder = folder / "bin"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            bin_folder / "python",
            "install",
            "--no-deps",
            "--no-index",
            wheel,
        ],
        check=True,
        capture_output=True,
    )
    [packages] = folder.glob("lib/python*/site-packages")
    # Only the folder: the .pth files in it, so also the way to our source tree, are not followed from here.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return bin_folder
