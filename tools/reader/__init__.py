"""Labelled answers and what readers make of them; nothing here runs in the program itself."""
