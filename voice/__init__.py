"""Knows prose: how one person writes, and drafts in that voice; never knows providers, the store or the network."""
