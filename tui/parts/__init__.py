"""Parts that every screen is made of; never a verb of the program."""
