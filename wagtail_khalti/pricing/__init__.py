"""Kinds of prices, one file for each."""

from wagtail_khalti.pricing.fixed import FixedPrice

__all__ = ["FixedPrice"]
