"""Knows follow-ups: decides, remembers, acts and speaks; never parses mail bytes and never opens a socket itself."""

__version__ = "0.1.0"
