"""Settings, Khalti account and permissions of a site."""
