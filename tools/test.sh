#!/bin/sh
# Every test, quick ones first, so that a mistake shows early.
set -eu
bin=$1
"$bin/python" -m pytest -q -x -n 2 -m "not slow and not peer and not corpus"
# These wait for servers and terminals much of the time: three at once keep two cores busy.
"$bin/python" -m pytest -q -n 3 --dist worksteal --durations 10 -m "slow or peer or corpus"
