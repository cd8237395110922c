"""Judges a mailbox file or one mail without any account, and the second process that makes it fast; keeps nothing."""
