"""IMAP: signing in, reading what is new, waiting for news; changes nothing on the server but drafts of ours."""
