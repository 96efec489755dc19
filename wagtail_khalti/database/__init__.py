"""How rows are read and written: on the primary, in short transactions, in characters that it can store."""
