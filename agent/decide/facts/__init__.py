"""Holds what a text states against what the user wrote."""
