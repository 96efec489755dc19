"""Faces Khalti: what it says and how it is asked. Knows no Django model."""

from wagtail_khalti.gateway.client import KhaltiClient, connect
from wagtail_khalti.gateway.messages import (
    BreakdownLine,
    Callback,
    Customer,
    Initiated,
    InitiateRequest,
    Lookup,
    Product,
    RefundRequest,
)

__all__ = [
    "BreakdownLine",
    "Callback",
    "Customer",
    "InitiateRequest",
    "Initiated",
    "KhaltiClient",
    "Lookup",
    "Product",
    "RefundRequest",
    "connect",
]
