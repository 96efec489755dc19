"""Tells the developer before the first customer finds out."""
