#!/bin/sh
# The quick tests on the newest supported Python that this machine has beside the one of `make test`.
set -eu
venv=$1
usual=$("${PYTHON:-python3}" -c 'import sys; print(sys.version_info[1])')
for minor in 14 13 12; do
    [ "$minor" -gt "$usual" ] || break
    for python in "python3.$minor" "$(pyenv prefix "$(pyenv latest "3.$minor" 2>/dev/null)" 2>/dev/null)/bin/python"; do
        if "$python" -c "import sys; sys.exit(sys.version_info[1] != $minor)" 2>/dev/null; then
            echo "The quick tests once more, on $("$python" --version):" >&2
            [ -e "$venv/.ready-$minor" ] && [ "$venv/.ready-$minor" -nt requirements.lock ] || PYTHON=$python sh tools/setup.sh "$venv" requirements.lock
            touch "$venv/.ready-$minor"
            # Tables of words and rules read the same on every Python; what runs, opens and draws may not.
            exec "$venv/bin/python" -m pytest -q -x -n 2 -m "not slow and not peer and not corpus" \
                tests/cli tests/test_config.py tests/tui
        fi
    done
done
echo "Left out: the quick tests on a newer Python; this machine has none beside 3.$usual." >&2
