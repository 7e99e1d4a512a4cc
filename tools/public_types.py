"""Ask pyright whether every public name has a type that a user's checker sees, without guessing.

`--verifytypes` judges all of fenzu; the faces that nobody imports (commands, sandbox, console) are left out here.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FACES = ("fenzu.__main__", "fenzu.cli", "fenzu.console", "fenzu.sandbox")


def main() -> int:
    """Print what a user's checker would have to guess."""
    folder = Path(sys.executable).parent
    # pyright takes the Python to look into from PATH here, whatever it is told otherwise.
    answer = subprocess.run(
        [folder / "basedpyright", "--verifytypes", "fenzu", "--ignoreexternal", "--outputjson"],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report = json.loads(answer.stdout)["typeCompleteness"]
    except (ValueError, KeyError):
        print(answer.stdout, answer.stderr, file=sys.stderr)
        return 1
    public = [symbol for symbol in report["symbols"] if symbol["isExported"] and not is_face(symbol["name"])]
    unsure = [symbol for symbol in public if not symbol["isTypeKnown"] or symbol["isTypeAmbiguous"]]
    for name, message in causes(unsure):
        print(f"{name}: {message}", file=sys.stderr)
    print(f"public names: {len(public)}, without a certain type: {len(unsure)}")
    return int(bool(unsure) or not public)


def is_face(name: str) -> bool:
    """Tell whether a name belongs to a part that nobody imports."""
    return any(name == face or name.startswith(f"{face}.") for face in FACES)


def causes(unsure: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pick what has to be mended out of what follows from it: one unsure member makes its class unsure, and so on."""
    found = [
        (str(symbol["name"]), str(diagnostic["message"]).replace("\xa0", " "))
        for symbol in unsure
        for diagnostic in symbol["diagnostics"]
        if not diagnostic["message"].startswith("No docstring")
    ]
    return [cause for cause in found if "partially unknown" not in cause[1]] or found


if __name__ == "__main__":
    sys.exit(main())
