#!/bin/sh
# Write the locks under requirements/ anew; `tools/lock.sh --upgrade` takes the newest releases.
#
# One lock serves every Python and platform that fenzu supports (--universal). run.txt agrees with dev.txt, bench.txt
# with run.txt: the peers in bench.txt cannot share all the pins of dev.txt.
set -eu

uv=${UV:-.venv/bin/uv}

lock() {
    out=$1
    shift
    # No index address in the output: each machine uses the index it is set up for.
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" --output-file "$out" "$@" >/dev/null
}

lock requirements/dev.txt "$@" --all-extras pyproject.toml requirements/dev.in
lock requirements/run.txt "$@" --extra console --constraint requirements/dev.txt pyproject.toml requirements/run.in
lock requirements/bench.txt "$@" --extra console --constraint requirements/run.txt pyproject.toml requirements/bench.in
