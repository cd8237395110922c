"""Gmail through its own interface: reading, drafts and the one call that sends."""
