"""Commands by which a person acts, and those that keep the program at work; never logic of their own."""
