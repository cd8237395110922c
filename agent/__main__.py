"""Lets `python -m agent` start the command line; never holds logic."""

import sys

from agent.cli import main

if __name__ == "__main__":
    sys.exit(main())
