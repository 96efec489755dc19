"""Whether Khalti answers, and takes the keys."""

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

PIDX_LENGTH = 22  # as Khalti's own; nobody has this one

found = partial(Finding, subject=Subject.KHALTI)


def keys(hosts: Mapping[Mode, str]) -> Iterator[Finding]:
    """One question for each merchant, and one more where Khalti refuses its key. ``hosts`` are Khalti's own."""
    try:
        known = configuration().merchants
    except ImproperlyConfigured:
        return  # the system checks tell why
    for merchant in known.values():
        if is_sendable(merchant.secret_key):  # where it isn't, the system checks tell
            yield examine_key(merchant, hosts)


def examine_key(merchant: Merchant, hosts: Mapping[Mode, str]) -> Finding:
    """Ask about a payment that doesn't exist: only who takes the key says so."""
    error = _ask(merchant)
    if isinstance(error, PidxNotFound):
        sentence = _("Khalti takes the key of “%(merchant)s” at %(host)s.")
        return found(level=Level.OK, name="key_taken", sentence=sentence % _facts(merchant))
    if isinstance(error, KeyRejected):
        return _refused(merchant, hosts)
    if error is None or isinstance(error, AnswerNotUnderstood):
        return _odd(merchant)
    return found(
        level=Level.WARNING,
        name="no_answer",
        sentence=_("Khalti can't be asked at %(host)s (%(reason)s); nothing is known of the key of “%(merchant)s”.")
        % {**_facts(merchant), "reason": error},
        remedy=_(
            "This is trouble of the network or of Khalti, not of the key. See whether this machine reaches %(host)s, "
            "and examine again."
        )
        % _facts(merchant),
    )


def _ask(merchant: Merchant) -> GatewayError | None:
    """What a lookup of a random pidx comes to, at the first try; None where Khalti claims to know it."""
    khalti = KhaltiClient(merchant)  # of its own: nothing else goes to the other host
    try:
        khalti.lookup(get_random_string(PIDX_LENGTH), is_patient=False)
    except GatewayError as error:
        return error
    finally:
        khalti.transport.session.close()
    return None


def _refused(merchant: Merchant, hosts: Mapping[Mode, str]) -> Finding:
    if merchant.api_url != hosts.get(merchant.mode):
        return found(
            level=Level.ERROR,
            name="key_refused",
            sentence=_("The key of “%(merchant)s” is refused at %(host)s.") % _facts(merchant),
            remedy=_("See whether API_URL is the host that the key belongs to, and copy the key again."),
        )
    [other] = [mode for mode in hosts if mode != merchant.mode]
    answer = _ask(replace(merchant, mode=other, api_url=hosts[other]))
    if isinstance(answer, PidxNotFound):
        return _of_the_other_khalti(merchant, other)
    return _nobodys(merchant, other, is_sure=isinstance(answer, KeyRejected))


def _of_the_other_khalti(merchant: Merchant, other: Mode) -> Finding:
    facts = {**_facts(merchant), "other": other.label}
    return found(
        level=Level.ERROR,
        name="key_of_other_mode",
        sentence=_("The key of “%(merchant)s” is one of Khalti's “%(other)s”, but you chose “%(mode)s”.") % facts,
        remedy=_("Take the key for “%(mode)s” from %(dashboard)s, or set MODE to “%(word)s”.")
        % {**facts, "dashboard": DASHBOARDS[merchant.mode], "word": other.value},
    )


def _nobodys(merchant: Merchant, other: Mode, *, is_sure: bool) -> Finding:
    facts = {**_facts(merchant), "other": other.label}
    sentence = (
        _("No Khalti takes the key of “%(merchant)s”: neither “%(mode)s” nor “%(other)s”.")
        if is_sure
        else _("Khalti refuses the key of “%(merchant)s” (%(mode)s), and “%(other)s” could not be asked about it.")
    )
    return found(
        level=Level.ERROR,
        name="key_refused",
        sentence=sentence % facts,
        remedy=_("Copy it again from %s; it is called “live secret key” there.") % DASHBOARDS[merchant.mode],
    )


def _odd(merchant: Merchant) -> Finding:
    return found(
        level=Level.WARNING,
        name="odd_answer",
        sentence=_("%(host)s answers, but not as Khalti does; nothing is known of the key of “%(merchant)s”.")
        % _facts(merchant),
        remedy=_("See whether API_URL is the root of Khalti's host, and what stands between this machine and it."),
    )


def _facts(merchant: Merchant) -> dict[str, Any]:
    return {"merchant": merchant.name, "mode": merchant.mode.label, "host": merchant.api_url}


DASHBOARDS = {Mode.SANDBOX: "test-admin.khalti.com", Mode.LIVE: "admin.khalti.com"}
"""Where a merchant finds the key; both call it the live secret key."""
