"""A simulated summer of every built-in plan, with endings, on every kind of mailbox; writes to nobody."""
