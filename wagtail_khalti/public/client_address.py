"""The IP address of a request's visitor, and the network it belongs to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self

from django.http import HttpRequest

VISITOR = {4: 32, 6: 64}  # prefix length: a household gets a whole IPv6 /64
NETWORK = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom a rate limit applies to, as far as the address shows it."""

    visitor: str
    network: str

    @classmethod
    def of(cls, request: HttpRequest, *, proxies: int) -> Self | None:
        """None if visitors can't be told apart: behind a proxy that isn't configured, or on a private network.

        ``proxies``: how many addresses at the end of ``X-Forwarded-For`` were added by the site's own proxies. The
        client can forge everything before them.
        """
        address = _parse(_raw_address(request, proxies))
        if address is None or not address.is_global:
            return None
        visitor, network = (
            str(ip_network((address, bits[address.version]), strict=False)) for bits in (VISITOR, NETWORK)
        )
        return cls(visitor=visitor, network=network)


def _raw_address(request: HttpRequest, proxies: int) -> str:
    remote = str(request.META.get("REMOTE_ADDR", ""))
    if not proxies:
        return remote
    forwarded = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    return forwarded[-proxies:][0] if forwarded else remote


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """Accepts a port after the address, which some proxies add."""
    for text in (address, address.rpartition(":")[0].strip("[]")):
        with suppress(ValueError):
            parsed = ip_address(text.strip("[]"))
            return getattr(parsed, "ipv4_mapped", None) or parsed
    return None
