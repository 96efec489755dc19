"""Asking Khalti without letting it slow down the site."""

from wagtail_khalti.lookups.pool import call_briefly

__all__ = ["call_briefly"]
