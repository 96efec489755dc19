"""The client of Khalti's API. Does not know Django models."""

from wagtail_khalti.gateway.client import KhaltiClient, connect
from wagtail_khalti.gateway.interface import Gateway
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
from wagtail_khalti.gateway.statuses import GatewayStatus

__all__ = [
    "BreakdownLine",
    "Callback",
    "Customer",
    "Gateway",
    "GatewayStatus",
    "InitiateRequest",
    "Initiated",
    "KhaltiClient",
    "Lookup",
    "Product",
    "RefundRequest",
    "connect",
]
