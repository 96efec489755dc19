"""Payment insights, under Reports."""
