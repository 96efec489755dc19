"""What the example site shows: people who can sign in, and pages in English and Nepali."""
