"""What the review screen knows and does, as values; never a widget, never the door itself."""
