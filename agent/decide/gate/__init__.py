"""The only place that decides whether a letter may leave, with what it looks at."""
