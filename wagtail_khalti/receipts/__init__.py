"""What a receipt says: the same on a visitor's page, on paper and in a mail."""
