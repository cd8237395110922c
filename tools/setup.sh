#!/bin/sh
# Makes a virtual environment from the lock file and installs the project into it.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || {
    echo "relance needs Python 3.11 or newer; $("$python" --version) was found. Set PYTHON=/path/to/python3.11." >&2
    exit 1
}
echo "Setting up $venv (once) ..." >&2
if command -v uv >/dev/null 2>&1; then
    uv venv -q --allow-existing --python "$python" "$venv"
    uv pip install -q --python "$venv/bin/python" --require-hashes -r requirements.lock
    uv pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e .
else
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
