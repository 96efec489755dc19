"""Where a request comes from: the address of its visitor, and the network around it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self

from django.http import HttpRequest

VISITOR = {4: 32, 6: 64}  # bits: a household gets a /64 of IPv6, and all addresses in it
NETWORK = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks, as far as that can be told from the outside."""

    visitor: str
    network: str

    @classmethod
    def of(cls, request: HttpRequest, *, proxies: int) -> Self | None:
        """None where visitors can't be told apart: behind a proxy that nobody told us of, or in a network of one's own.

        ``proxies``: as many addresses at the end of ``X-Forwarded-For`` were written by proxies of the site's. What
        stands before them anybody can write.
        """
        address = _address(_as_written(request, proxies))
        if address is None or not address.is_global:
            return None
        visitor, network = (
            str(ip_network((address, bits[address.version]), strict=False)) for bits in (VISITOR, NETWORK)
        )
        return cls(visitor=visitor, network=network)


def _as_written(request: HttpRequest, proxies: int) -> str:
    remote = str(request.META.get("REMOTE_ADDR", ""))
    if not proxies:
        return remote
    forwarded = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    return forwarded[-proxies:][0] if forwarded else remote


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """Also with a port behind it, as some proxies write it."""
    for text in (written, written.rpartition(":")[0].strip("[]")):
        with suppress(ValueError):
            address = ip_address(text.strip("[]"))
            return getattr(address, "ipv4_mapped", None) or address
    return None
