"""What the site says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject

TAG = "wagtail_khalti"

found = partial(Finding, subject=Subject.SETTINGS)


def system_checks() -> Iterator[Finding]:
    """What ``manage.py check`` says of this package."""
    messages = [message for message in checks.run_checks(tags=[TAG]) if not message.is_silenced()]
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
