"""Spreadsheets for accountants, streamed from the database into a file, never held as a whole."""
