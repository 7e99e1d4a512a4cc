"""Write into pages what their commands and programs really print: `python -m tests.docs.fill PAGE…`; read the diff.

For a page whose transcripts have grown old; the tests only say that they have.
"""

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from fenzu.testing import SandboxProcess
from tests.docs import test_samples as samples


def main() -> None:
    """Fill each page named on the command line, against a demo sandbox of its own."""
    for name in sys.argv[1:]:
        page = Path(name).resolve()
        with SandboxProcess("--demo") as demo, tempfile.TemporaryDirectory() as folder:
            text = with_programs(with_transcripts(page, demo), page, demo, folder)
        page.write_text(text, encoding="utf-8")


def with_transcripts(page: Path, demo: SandboxProcess) -> str:
    """Return the page's text with every transcript played anew."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        environment = samples.shell_environment(demo, Path(folder), samples.language_of(page))
        for block in samples.samples(page, "console"):
            played: list[str] = []
            for command, shown in samples.transcript(block):
                seen = samples.on_terminal(samples.localised(command, demo), environment, Path(folder))
                new = delocalised(seen, demo)
                told = shown if samples.masked(shown) == samples.masked(new) else new
                played.append(f"$ {command}\n{told}".rstrip() + "\n")
            text = text.replace(f"```console\n{block.text}```", "```console\n" + "\n".join(played) + "```", 1)
    return text


def with_programs(text: str, page: Path, demo: SandboxProcess, folder: str) -> str:
    """Return `text` with what every program prints, where the page shows it."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in samples.samples(page, "python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(folder):
            exec(compile(samples.placed(block, demo), str(page), "exec"), names)  # the page's own text
        if block.output is not None:
            shown = f"<!-- output -->\n\n```text\n{block.output}```"
            new = f"<!-- output -->\n\n```text\n{delocalised(printed.getvalue(), demo)}```"
            start = text.index(block.text)
            text = text[:start] + text[start:].replace(shown, new, 1)
    return text


def delocalised(text: str, demo: SandboxProcess) -> str:
    """Return `text` with the addresses that the pages give to a sandbox."""
    text = text.replace(demo.ready.base_url, samples.ADDRESS)
    return text.replace(demo.ready.control_url, samples.CONTROL)


if __name__ == "__main__":
    os.environ.setdefault("LANG", "C.UTF-8")
    main()
