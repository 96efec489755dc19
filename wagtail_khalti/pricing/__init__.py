"""How prices are made up. One kind of price, one file."""

from wagtail_khalti.pricing.fixed import FixedPrice

__all__ = ["FixedPrice"]
