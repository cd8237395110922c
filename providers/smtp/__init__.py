"""Handing one letter to an SMTP server."""
