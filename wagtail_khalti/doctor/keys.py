"""Checks of the API keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Merchant, Mode, configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayError, KeyRejected, PidxNotFound
from wagtail_khalti.gateway import KhaltiClient
from wagtail_khalti.gateway.client import is_sendable

PIDX_LENGTH = 22  # as Khalti's own; no payment has this one

found = partial(Finding, subject=Subject.KHALTI)


def keys(hosts: Mapping[Mode, str]) -> Iterator[Finding]:
    """One lookup for each merchant, and another one if Khalti rejects its key. ``hosts`` are Khalti's own."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks report it
    for merchant in known.values():
        if is_sendable(merchant.secret_key):  # otherwise the system checks report it
            yield examine_key(merchant, hosts)


def examine_key(merchant: Merchant, hosts: Mapping[Mode, str]) -> Finding:
    """Look up a payment that doesn't exist: Khalti says so only if it accepts the key."""
    error = _look_up(merchant)
    if isinstance(error, PidxNotFound):
        sentence = _("%(host)s accepts the API key of “%(merchant)s”.")
        return found(level=Level.OK, name="key_accepted", sentence=sentence % _facts(merchant))
    if isinstance(error, KeyRejected):
        return _rejected(merchant, hosts)
    if error is None or isinstance(error, AnswerNotUnderstood):
        return _unexpected(merchant)
    return found(
        level=Level.WARNING,
        name="no_answer",
        sentence=_("%(host)s is unavailable (%(reason)s). The API key of “%(merchant)s” could not be checked.")
        % {**_facts(merchant), "reason": error},
        remedy=_(
            "This is a problem of the network or of Khalti, not of the key. Make sure that this machine can reach "
            "%(host)s, and try again."
        )
        % _facts(merchant),
    )


def _look_up(merchant: Merchant) -> GatewayError | None:
    """The error of a lookup of a random pidx, without retries; None if Khalti claims to have it."""
    khalti = KhaltiClient(merchant)  # its own: nothing else is sent to the other host
    try:
        khalti.lookup(get_random_string(PIDX_LENGTH), is_patient=False)
    except GatewayError as error:
        return error
    finally:
        khalti.transport.session.close()
    return None


def _rejected(merchant: Merchant, hosts: Mapping[Mode, str]) -> Finding:
    if merchant.api_url != hosts.get(merchant.mode):
        return found(
            level=Level.ERROR,
            name="key_rejected",
            sentence=_("%(host)s rejects the API key of “%(merchant)s”.") % _facts(merchant),
            remedy=_("Make sure that API_URL is the host that the key belongs to, and copy the key again."),
        )
    [other] = [mode for mode in hosts if mode != merchant.mode]
    answer = _look_up(replace(merchant, mode=other, api_url=hosts[other]))
    if isinstance(answer, PidxNotFound):
        return _for_other_mode(merchant, other)
    return _for_no_mode(merchant, other, is_sure=isinstance(answer, KeyRejected))


def _for_other_mode(merchant: Merchant, other: Mode) -> Finding:
    facts = {**_facts(merchant), "other": other.label}
    return found(
        level=Level.ERROR,
        name="key_of_other_mode",
        sentence=_("The API key of “%(merchant)s” is for “%(other)s”, but its mode is “%(mode)s”.") % facts,
        remedy=_("Copy the key for “%(mode)s” from %(dashboard)s, or set MODE to “%(value)s”.")
        % {**facts, "dashboard": DASHBOARDS[merchant.mode], "value": other.value},
    )


def _for_no_mode(merchant: Merchant, other: Mode, *, is_sure: bool) -> Finding:
    facts = {**_facts(merchant), "other": other.label}
    sentence = (
        _("The API key of “%(merchant)s” is rejected, for “%(mode)s” as well as for “%(other)s”.")
        if is_sure
        else _("The API key of “%(merchant)s” is rejected for “%(mode)s”, and “%(other)s” could not be checked.")
    )
    return found(
        level=Level.ERROR,
        name="key_rejected",
        sentence=sentence % facts,
        remedy=_("Copy it again from %s, where it is called “live secret key”.") % DASHBOARDS[merchant.mode],
    )


def _unexpected(merchant: Merchant) -> Finding:
    return found(
        level=Level.WARNING,
        name="unexpected_response",
        sentence=_("%(host)s does not respond like Khalti. The API key of “%(merchant)s” could not be checked.")
        % _facts(merchant),
        remedy=_("Make sure that API_URL is the root of Khalti's host, and check any proxy or firewall in between."),
    )


def _facts(merchant: Merchant) -> dict[str, Any]:
    return {"merchant": merchant.name, "mode": merchant.mode.label, "host": merchant.api_url}


DASHBOARDS = {Mode.SANDBOX: "test-admin.khalti.com", Mode.LIVE: "admin.khalti.com"}
"""Where to find the key; both dashboards call it the live secret key."""
