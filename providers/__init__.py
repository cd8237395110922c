"""Knows mail: reading mailboxes and building letters; never knows what a follow-up is."""
