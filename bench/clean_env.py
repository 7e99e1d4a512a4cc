"""An environment with fenzu and its dependencies and nothing else, as a user has it.

Packages that peers bring change what ours cost: with `typing_extensions` installed, msgspec takes twice as long to
import. It is linked together from the environment that runs the benchmark, so nothing is downloaded.
"""

import compileall
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

import fenzu


def make(folder: Path) -> Path:
    """Make the environment and return its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    shutil.copytree(Path(fenzu.__file__).parent, packages / "fenzu")
    for found in needed("fenzu"):
        link(found, packages)
    # As pip does when it installs: no start is to compile anything.
    compileall.compile_dir(packages, quiet=1)
    script = folder / "bin" / "fenzu"
    script.write_text(SCRIPT.format(python=folder / "bin" / "python"), encoding="utf-8")
    script.chmod(0o755)
    return folder / "bin"


SCRIPT = """#!{python}
import sys
from fenzu.cli.main import main
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(main())
"""
"""What pip writes for a console script."""


def needed(name: str) -> list[Distribution]:
    """Return the distributions that `name` needs here, itself and all extras left out."""
    found: dict[str, Distribution] = {}
    todo = [name]
    while todo:
        for line in distribution(todo.pop()).requires or []:
            wanted = Requirement(line)
            if wanted.name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
                continue
            found[wanted.name] = distribution(wanted.name)
            todo.append(wanted.name)
    return list(found.values())


def link(found: Distribution, packages: Path) -> None:
    """Link what belongs to a distribution into another environment."""
    for name in {file.parts[0] for file in found.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        place = packages / name
        if not place.exists():
            place.symlink_to(Path(str(found.locate_file(name))))
