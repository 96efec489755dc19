"""The list of payments, and finding one in it."""
