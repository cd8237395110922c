"""Drafts from the user's own words, without a model; never adds a fact."""
