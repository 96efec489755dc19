"""One payment: its page, and what can be done with it."""
