"""What a site is called."""

from __future__ import annotations

from wagtail.models import Site


def site_display_name(site: Site) -> str:
    """Its name, or its hostname where it has none; Wagtail's own ``str()`` adds the port and "[default]"."""
    return str(site.site_name or site.hostname)
