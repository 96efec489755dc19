"""Days in Nepal, in both calendars, and parsing of typed days."""
