"""The built-in demo mailbox: one scripted person's mail, so that everything can be tried; never a real account."""
