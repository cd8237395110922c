"""What every room works with: a person's home, who they are, the desk of their letters, and what a verb answers."""
