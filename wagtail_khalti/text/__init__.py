"""Normalise text that people type."""
