"""What screens need from the rest of the program, as values and verbs; never a widget."""
