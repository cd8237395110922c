"""Signing in to Google and Microsoft, and keeping a sign-in alive; shows and logs no token."""
