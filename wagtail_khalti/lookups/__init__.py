"""Asking Khalti without letting it slow down the site."""

from wagtail_khalti.lookups.pool import ask_briefly

__all__ = ["ask_briefly"]
