"""What accountants take along: rows on their way from the database into a file, never all of them at once."""
