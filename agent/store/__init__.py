"""Remembers everything relance knows, in one encrypted database; never judges and never talks to a provider."""
