#!/bin/sh
# Ask for complete branch coverage of the files named; say nothing when it is there.
#
#   tools/coverage.sh "src/fenzu/model.py,src/fenzu/wire/*"
#
# Silent on success, because the last line of `make test` is to be pytest's own.
set -eu

if ! report=$(.venv/bin/coverage report --include="$1" --fail-under=100 2>&1); then
    echo "$report" >&2
    echo "fenzu: these files are to be covered completely, branches included." >&2
    exit 1
fi
