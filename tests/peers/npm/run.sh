#!/bin/sh
# Installs the second witness where npm is there, and runs its tests; what is missing is said in one line and is no failure.
set -eu
here=${0%/*}
python=${1:-python3}

within() { # seconds command...: never longer than that, where the system can tell the time
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then timeout -k 10 "$seconds" "$@"; else "$@"; fi
}

if ! command -v npm >/dev/null 2>&1; then
    echo "skipped: the second witness needs npm"
    exit 0
fi
if ! within 180 npm install --prefix "$here" --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error \
    --fetch-retries=1 --fetch-timeout=30000; then
    echo "skipped: the second witness could not be fetched from $(npm config get registry 2>/dev/null)"
    exit 0
fi
within 900 "$python" -m pytest -q -n 0 "$here"
