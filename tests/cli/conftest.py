"""The private mail server, for commands that sign in."""

from tests.peers.dovecot import dovecot

__all__ = ["dovecot"]
