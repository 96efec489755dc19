"""For people who build on us: a Khalti in the same process."""
