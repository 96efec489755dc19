"""What goes wrong on the way, because a test or a person asked for it."""
