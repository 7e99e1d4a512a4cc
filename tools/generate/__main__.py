"""Write the generated pages, or with `--check` say which of them differ from what the source gives now."""

import argparse
import sys
from pathlib import Path

from tools.generate.markdown import COMMAND
from tools.generate.pages import PAGES, REFERENCE


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when every page is (now) current, 1 when `--check` found one that is not."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is out of date")
    parser.add_argument("--folder", type=Path, default=REFERENCE, help="where the pages lie")
    options = parser.parse_args(arguments)
    stale = [
        name for name, make in PAGES.items() if not _settle(options.folder / name, make(), options.check)
    ]
    for name in stale:
        print(f"{options.folder / name} is out of date: run `{COMMAND}`", file=sys.stderr)
    return 1 if stale else 0


def _settle(path: Path, text: str, check: bool) -> bool:
    """Tell whether the page holds `text`, after writing it if that is allowed."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return True
    if check:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}")
    return True


if __name__ == "__main__":
    sys.exit(main())
