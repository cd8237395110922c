"""Days, hours, zones and waits, as values; time is an argument."""
