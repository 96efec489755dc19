"""Sample content: users, and pages in English and Nepali."""
