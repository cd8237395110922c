#!/bin/sh
# Every test, quick ones first, so that a mistake shows early.
set -eu
bin=$1
"$bin/python" -m pytest -q -x -n 2 -m "not slow and not peer and not corpus"
"$bin/python" -m pytest -q -n 2 -m "slow or peer or corpus"
