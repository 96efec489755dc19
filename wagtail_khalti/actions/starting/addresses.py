"""Where the visitor of a new payment may be sent."""

from __future__ import annotations

from collections.abc import Mapping

from wagtail_khalti.actions.starting.arguments import plain_text
from wagtail_khalti.conf import configuration
from wagtail_khalti.text.web_addresses import is_of_this_site

MAX_LENGTHS = {"return_url": 500}  # characters; of the others 2000
MAX_LENGTH = 2000


def own_addresses(addresses: Mapping[str, object], root: str) -> dict[str, str]:
    """As plain text. Raises ``ValueError`` for one to which no visitor may be sent."""
    texts = {name: plain_text(address, name) for name, address in addresses.items()}
    hosts = configuration().redirect_hosts
    for name, address in texts.items():
        if address and not is_of_this_site(address, root, more_hosts=hosts):
            raise ValueError(
                f"{name} is {address!r}: it must be a path that starts with /, or a URL of this site, of one of "
                'ALLOWED_HOSTS, or of WAGTAIL_KHALTI["REDIRECT_HOSTS"]'
            )
        stored = absolute(address, root) if name == "return_url" else address
        if len(stored) > MAX_LENGTHS.get(name, MAX_LENGTH):
            raise ValueError(f"{name} is too long: at most {MAX_LENGTHS.get(name, MAX_LENGTH)} characters")
    return texts


def absolute(address: str, root: str) -> str:
    """With scheme and host, as Khalti requires."""
    return root + address if address.startswith("/") else address
