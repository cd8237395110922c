"""Keeps a home working: the passes, the daemon, what wakes it, and the desk set up from the config."""
