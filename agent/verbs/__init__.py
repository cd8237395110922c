"""What a person can do, the same for commands, screen and daemon: approve, edit, pause, undo, settle."""
