"""The screens, one file each; all they do is asked of the door."""
