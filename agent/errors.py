"""The errors a user can see, each with what to do next; never raised for a bug in the program itself.

RelanceError                 1  something failed
├── UsageError               2  wrong words on the command line
├── ConfigError              2  config.toml is missing, damaged or holds what it must not
├── SignInError              3  a mailbox wants new credentials
├── TemporaryError           4  network, rate limits, busy database: trying later helps
├── StoreError               1  the database cannot be used
│   └── NewerStore           1  written by a newer relance
└── LockedError             75  another relance holds the lock
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says when it ends."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SIGN_IN = 3
    TEMPORARY = 4
    REFUSED = 5
    PERSON = 6
    LOCKED = 75
    INTERRUPTED = 130


class RelanceError(Exception):
    """What happened in one sentence, and the next step in another."""

    code = Exit.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(RelanceError):
    code = Exit.USAGE


class ConfigError(RelanceError):
    code = Exit.USAGE


class SignInError(RelanceError):
    code = Exit.SIGN_IN


class TemporaryError(RelanceError):
    code = Exit.TEMPORARY


class StoreError(RelanceError):
    code = Exit.FAILED


class NewerStore(StoreError):
    pass


class LockedError(RelanceError):
    code = Exit.LOCKED
