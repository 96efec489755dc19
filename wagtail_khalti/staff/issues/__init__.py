"""Needs attention: the issues that only a person can resolve."""
