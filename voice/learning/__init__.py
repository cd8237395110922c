"""What one person's own mail says of how they write; never a draft."""
