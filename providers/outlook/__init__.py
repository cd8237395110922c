"""Outlook through Graph: reading, drafts and the one call that sends."""
