"""Checks of the site's settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.models import KhaltiSettings

TAG = "wagtail_khalti"

found = partial(Finding, subject=Subject.SETTINGS)


def system_checks() -> Iterator[Finding]:
    """The messages of ``manage.py check`` about this package."""
    messages = [
        message for message in checks.run_checks(tags=[TAG], databases=["default"]) if not message.is_silenced()
    ]
    for message in messages:
        level = Level.ERROR if message.is_serious() else Level.WARNING
        name = str(message.id).removeprefix(f"{TAG}.")
        yield found(level=level, name=name, sentence=str(message.msg), remedy=str(message.hint or ""))
    if not messages:
        yield found(level=Level.OK, name="checks", sentence=_("The system checks found no problems."))


def merchants() -> Iterator[Finding]:
    """Each merchant with its API endpoint and key fingerprint, never the key itself."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks report it
    for merchant in known.values():
        facts = {
            "merchant": merchant.name,
            "mode": merchant.mode.label,
            "host": merchant.api_url,
            "fingerprint": merchant.key_fingerprint if merchant.secret_key else "–",
        }
        sentence = _("“%(merchant)s”: %(mode)s, API endpoint %(host)s, API key fingerprint %(fingerprint)s.")
        yield found(level=Level.OK, name="merchant", sentence=sentence % facts)


def chosen_merchants() -> Iterator[Finding]:
    """A site whose merchant is missing can't receive payments: no other account may receive them."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks report it
    chosen = KhaltiSettings.objects.exclude(merchant="").exclude(merchant__in=list(known)).select_related("site")
    for settings in chosen.order_by("site"):
        yield found(
            level=Level.ERROR,
            name="merchant_gone",
            sentence=_(
                "The site “%(site)s” uses the Khalti account “%(merchant)s”, which is not set up: nobody can pay there."
            )
            % {"site": settings.site, "merchant": settings.merchant},
            remedy=_("Add it to MERCHANTS, or choose another account in the site's Khalti settings."),
        )
