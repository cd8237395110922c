#!/bin/sh
# Installs the second witness where npm is there, and runs its tests; without npm it says so and is no failure.
set -eu
here=$(dirname "$0")
python=${1:-python3}
if ! command -v npm >/dev/null 2>&1; then
    echo "skipped: the second witness needs npm"
    exit 0
fi
npm install --prefix "$here" --ignore-scripts --no-audit --no-fund --no-package-lock --silent
exec "$python" -m pytest -q "$here"
