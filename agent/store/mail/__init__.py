"""Stored mail: threads, whose it is, what was judged of it, and what stands about people."""
