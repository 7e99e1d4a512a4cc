"""`python -m bench [NAME…] [--quick]`: measure, print a table. Each benchmark runs in a process of its own."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import msgspec

from bench import machine, measure
from bench.report import Part, Report, Row, lacking
from bench.settings import Settings
from bench.subjects import SUBJECTS


def main() -> int:
    """Run what was asked for. A figure that is missed is no failure; a benchmark that breaks is one."""
    asked = parse()
    if asked.one:
        return run_one(asked.one, msgspec.json.decode(sys.stdin.buffer.read(), type=Settings))
    with tempfile.TemporaryDirectory(prefix="fenzu-bench-", dir=asked.folder) as folder:
        settings = Settings(
            folder, quick=asked.quick, top=asked.top or (100_000 if asked.quick else 10_000_000)
        )
        about = machine.describe(Path(folder))
        parts = [run_apart(name, settings) for name in asked.names or SUBJECTS]
    report = Report(about, asked.quick, parts)
    print(report.json() if asked.json else report.markdown() if asked.markdown else report.text())
    return int(any(row.what == BROKEN for part in parts for row in part.rows))


BROKEN = "the benchmark broke"


def parse() -> argparse.Namespace:
    told = "\n".join(f"  {name:<10}{subject.what}" for name, subject in SUBJECTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure fenzu beside its peers.",
        epilog=f"benchmarks:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[[], *SUBJECTS], help="all, if none is named"
    )
    parser.add_argument("--quick", action="store_true", help="short rounds and small stores, to try it out")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table, for README.md")
    parser.add_argument("--top", type=int, metavar="N", help="followers at the end of `growth` (10,000,000)")
    parser.add_argument("--folder", help="where stores may lie for the while; say a real disk, not memory")
    parser.add_argument("--one", choices=SUBJECTS, help=argparse.SUPPRESS)
    return parser.parse_args()


def run_one(name: str, settings: Settings) -> int:
    """Run one benchmark here and write what it found for the process that asked."""
    rows: list[Row] = []
    took = measure.seconds(lambda: rows.extend(SUBJECTS[name].load()(settings)))
    sys.stdout.buffer.write(msgspec.json.encode(Part(name, rows, took)))
    return 0


def run_apart(name: str, settings: Settings) -> Part:
    """Run one benchmark in a process of its own; what it says on stderr is shown as it comes."""
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--one", name],
        input=msgspec.json.encode(settings),
        stdout=subprocess.PIPE,
        check=False,
    )
    took = perf_counter() - began
    print(f"{took:.0f} s", file=sys.stderr)
    if done.returncode:
        return Part(name, [lacking(BROKEN, "", "", f"exit code {done.returncode}, see stderr")], took)
    return msgspec.json.decode(done.stdout, type=Part)


if __name__ == "__main__":
    sys.exit(main())
