"""What the money did, under Reports."""
