"""Days: those of Nepal, in both calendars, and as people type them."""
