"""Takes a person out of everything that is kept, and out of what still comes."""
