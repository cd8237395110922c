"""Does things: sync, draft, queue, send; each step is one transaction with its audit event."""
