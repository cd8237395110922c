"""What machines write: carriers, calendars, reports of mail servers."""
