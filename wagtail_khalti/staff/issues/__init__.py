"""Needs you: what only a person can decide."""
