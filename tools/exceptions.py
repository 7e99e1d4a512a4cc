"""Ask for a reason beside every exception to a rule, and count the exceptions.

An exception is a comment that silences a checker: noqa, type: ignore, pyright: ignore, pragma: no cover. The reason
stands behind it on the same line (`# noqa: BLE001 - a plugin may raise anything`) or in the comment line above.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

SILENCER = re.compile(
    r"#\s*(?P<kind>noqa|type:\s*ignore|pyright:\s*ignore|pragma:\s*no (?:cover|branch)|fmt:\s*(?:off|skip))"
    r"(?P<codes>:?\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|\[[^\]]*\])?(?P<reason>.*)"
)
FOLDERS = ("src", "tests", "tools", "bench", "examples", "noxfile.py")


def judge(lines: list[str]) -> tuple[Counter[str], list[int]]:
    """Count the exceptions in a file by kind, and list the lines that give no reason."""
    kinds: Counter[str] = Counter()
    bare: list[int] = []
    for number, line in enumerate(lines, start=1):
        match = SILENCER.search(line)
        if match is None:
            continue
        kinds[re.sub(r"\s+", " ", match["kind"])] += 1
        above = lines[number - 2].strip() if number > 1 else ""
        if len(re.findall(r"\w", match["reason"])) < 3 and not above.startswith("#"):
            bare.append(number)
    return kinds, bare


def main() -> int:
    """Look at every tracked or new Python file, but this one, which has to name what it looks for."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *FOLDERS],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\n")
    kinds: Counter[str] = Counter()
    failed = False
    for path in sorted(Path(name) for name in listed if name.endswith(".py")):
        if not path.exists() or path == Path(__file__).relative_to(Path.cwd()):
            continue
        found, bare = judge(path.read_text(encoding="utf-8").splitlines())
        kinds += found
        for number in bare:
            failed = True
            print(f"{path}:{number}: an exception to a rule needs its reason beside it", file=sys.stderr)
    told = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
    print(f"exceptions to rules: {kinds.total()}" + (f" ({told})" if told else ""))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
