"""What the site says of itself."""

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
    """What ``manage.py check`` says of this package."""
    messages = [
        message for message in checks.run_checks(tags=[TAG], databases=["default"]) if not message.is_silenced()
    ]
    for message in messages:
        level = Level.ERROR if message.is_serious() else Level.WARNING
        name = str(message.id).removeprefix(f"{TAG}.")
        yield found(level=level, name=name, sentence=str(message.msg), remedy=str(message.hint or ""))
    if not messages:
        yield found(level=Level.OK, name="checks", sentence=_("The system checks find nothing wrong."))


def merchants() -> Iterator[Finding]:
    """Who takes payments, from whom, and with which key; never the key itself."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks tell why
    for merchant in known.values():
        facts = {
            "merchant": merchant.name,
            "mode": merchant.mode.label,
            "host": merchant.api_url,
            "fingerprint": merchant.key_fingerprint if merchant.secret_key else "–",
        }
        sentence = _("“%(merchant)s” speaks to %(host)s (%(mode)s); the fingerprint of its key is %(fingerprint)s.")
        yield found(level=Level.OK, name="merchant", sentence=sentence % facts)


def chosen_merchants() -> Iterator[Finding]:
    """A site whose merchant is gone takes no payments: no other account may get its money."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks tell why
    chosen = KhaltiSettings.objects.exclude(merchant="").exclude(merchant__in=list(known)).select_related("site")
    for settings in chosen.order_by("site"):
        yield found(
            level=Level.ERROR,
            name="merchant_gone",
            sentence=_(
                "The site “%(site)s” chose the merchant “%(merchant)s”, which is not set up: nobody can pay there."
            )
            % {"site": settings.site, "merchant": settings.merchant},
            remedy=_("Set it up again under MERCHANTS, or choose another one in the site's Khalti settings."),
        )
