"""Bytes of a mail to values and back, within limits; trusts nothing a mail says and opens nothing."""
