"""What screens and commands read; changes nothing."""
