#!/bin/sh
# Makes a virtual environment from a lock file and installs the project into it, and says how far it is.
set -eu
venv=$1
lock=$2
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || {
    echo "relance needs Python 3.11 or newer; $("$python" --version) was found. Set PYTHON=/path/to/python3.11." >&2
    exit 1
}
many=$(grep -c == "$lock")
echo "Setting up $venv (once): $many packages ..." >&2

# One line that moves where somebody watches; where nobody does, only what goes wrong is worth a line.
counted() {
    if [ ! -t 2 ]; then cat >/dev/null; return; fi
    seen=0
    while read -r first package _; do
        [ "$first" = Collecting ] || continue
        seen=$((seen + 1))
        printf '\r\033[K%s of %s  %s' "$seen" "$many" "${package%%=*}" >&2
    done
    printf '\r\033[K' >&2
}

if command -v uv >/dev/null 2>&1; then
    uv venv -q --allow-existing --python "$python" "$venv"
    uv pip install --python "$venv/bin/python" --require-hashes -r "$lock" $([ -t 2 ] || echo -q)
    uv pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e .
else
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    failed=$venv/.failed
    { "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes -r "$lock" || echo "$?" >"$failed"; } | counted
    if [ -e "$failed" ]; then rm -f "$failed"; exit 1; fi
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
