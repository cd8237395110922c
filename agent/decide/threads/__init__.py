"""Whose mails a thread holds, what they mean together, and whether it is quiet."""
