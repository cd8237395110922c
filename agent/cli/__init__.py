"""Speaks: the command line, one module per group of commands; never holds logic of its own."""


def main() -> int:
    """Run one command and return its exit code."""
    return 0
