"""Knows keys: shows what the store holds and calls the person's verbs; never sends and never decides."""
