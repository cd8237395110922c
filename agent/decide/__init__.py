"""Pure judgement over mail values; never does I/O, reads a clock or draws a random number."""
