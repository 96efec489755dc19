"""Database access: on the primary, in short transactions, with characters that it can store."""
