"""Faces editors and cashiers, in Wagtail's admin."""
