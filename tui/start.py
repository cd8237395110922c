"""Opens the terminal UI on a home; never decides what is configured and never starts a daemon."""
