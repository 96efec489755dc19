"""The JSON endpoints: what is read, checked and answered."""
