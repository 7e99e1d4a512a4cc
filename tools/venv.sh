#!/bin/sh
# Make or refresh a virtual environment from a lock, with fenzu itself in it as an editable install.
#
#   tools/venv.sh FOLDER LOCK        e.g. tools/venv.sh .venv requirements/dev.txt
#
# Uses $PYTHON if it is set, else the first of python3, python3.14 … python3.11 that will do.
set -eu

folder=$1
lock=$2

suits() { # is this a Python that fenzu supports?
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1
}

makes_environments() { # Debian keeps what venv needs in a package of its own
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 to 3.14."
        makes_environments "$PYTHON" || fail "$PYTHON lacks venv: on Debian and Ubuntu install python3-venv."
        echo "$PYTHON"
        return
    fi
    lacking=
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        suits "$candidate" || continue
        if makes_environments "$candidate"; then
            echo "$candidate"
            return
        fi
        lacking=$candidate
    done
    [ -z "$lacking" ] || fail "$lacking lacks venv: on Debian and Ubuntu install python3-venv (or ${lacking}-venv)."
    fail "no Python 3.11 to 3.14 found; install one, or name it: make PYTHON=/path/to/python3.12"
}

fail() {
    echo "fenzu: $1" >&2
    exit 1
}

if ! "$folder/bin/python" -c 'import pip' 2>/dev/null || ! suits "$folder/bin/python"; then
    python=$(find_python)
    echo "making $folder with $("$python" --version)" >&2
    rm -rf "$folder"
    "$python" -m venv "$folder"
fi

echo "installing $lock into $folder" >&2
pip="$folder/bin/python -m pip --disable-pip-version-check"
# The lock is complete, so there is nothing to resolve: pip 23 otherwise trips over `coverage[toml]>=7.10` beside
# `coverage==7.17.3` as soon as a newer coverage is out.
$pip install --quiet --no-deps --require-hashes --requirement "$lock"
# The build backend comes from the lock too, so nothing is fetched that has no hash.
$pip install --quiet --no-deps --no-build-isolation --editable .
