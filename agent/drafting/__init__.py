"""Writes the drafts that are due in the user's voice, in step with the Drafts folder; approves nothing."""
