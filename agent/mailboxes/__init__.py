"""Mailboxes of the config: opened, signed in, read into the store; nothing in here can send."""
