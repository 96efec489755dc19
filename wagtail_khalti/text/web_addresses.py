"""Validate URLs before they are stored, or sent to a browser."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import url_has_allowed_host_and_scheme


def is_web_root(address: str, *, schemes: Collection[str] = ("https", "http")) -> bool:
    """Whether it is the root of a site, such as ``https://shop.example``: a scheme and a host, and no query."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port  # raises if the port isn't a number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(host) and not parts.query and not parts.fragment


def is_of_this_site(address: str, root: str, *, more_hosts: Collection[str] = ()) -> bool:
    """Whether it is safe to redirect a visitor there: a path from ``/`` on, or a URL at the host of ``root``.

    Also at one of ``ALLOWED_HOSTS``, except for "*", and of ``more_hosts``.
    """
    if not address.startswith(("/", "https://", "http://")):
        return False
    try:
        host = urlsplit(address).netloc
    except ValueError:
        return False
    named = [pattern for pattern in settings.ALLOWED_HOSTS if pattern != "*"]
    domain, _port = split_domain_port(host)  # both empty for shop.example:x@evil.example
    allowed = {urlsplit(root).netloc, *more_hosts} | ({host} if validate_host(domain, named) else set())
    return url_has_allowed_host_and_scheme(address, allowed_hosts=allowed)
