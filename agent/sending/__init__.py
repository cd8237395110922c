"""The way of a letter from its approval to the server: built, compared, passed by the gate, sent once."""
