"""The accounts at Khalti that developers set up, as staff may see them: never a key, nor how long it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from wagtail_khalti.conf import DEFAULT_MERCHANT, Merchant, configuration
from wagtail_khalti.staff.modes import ModeBar, mode_bar, not_set_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of them, and whether the site has chosen it."""

    name: str
    mode: str
    host: str
    fingerprint: str
    """Tells two keys apart; empty where there is no key."""

    is_chosen: bool


def known_merchants() -> Mapping[str, Merchant]:
    """None where the settings can't be read; the doctor tells why."""
    try:
        return configuration().merchants
    except ImproperlyConfigured:
        return {}


def accounts(chosen: str) -> list[Account]:
    """All there are, the chosen one first."""
    chosen = chosen or DEFAULT_MERCHANT
    found = [_account(merchant, is_chosen=name == chosen) for name, merchant in known_merchants().items()]
    return sorted(found, key=lambda account: not account.is_chosen)


def choices(chosen: str) -> list[tuple[str, str]]:
    """For a form; what is chosen stays in it, also where it is gone."""
    known = known_merchants()
    usual = known.get(DEFAULT_MERCHANT)
    first = _("Default: %s") % _label(usual) if usual else _("None (visitors can't pay)")
    others = [(name, _label(known[name])) for name in known if name != DEFAULT_MERCHANT or name == chosen]
    gone = [(chosen, _("%s (no longer set up)") % chosen)] if chosen and chosen not in known else []
    return [("", first), *others, *gone]


def mode_bar_of(chosen: str) -> ModeBar:
    """Of the account that takes the payments of a site."""
    merchant = known_merchants().get(chosen or DEFAULT_MERCHANT)
    if merchant is None or not merchant.secret_key:
        return not_set_up()
    return mode_bar(merchant.mode)


def is_gone(chosen: str) -> bool:
    """Whether it was chosen, and is not set up any more."""
    return bool(chosen) and chosen not in known_merchants()


def _account(merchant: Merchant, *, is_chosen: bool) -> Account:
    return Account(
        name=merchant.name,
        mode=str(merchant.mode.label),
        host=merchant.api_url,
        fingerprint=merchant.key_fingerprint if merchant.secret_key else "",
        is_chosen=is_chosen,
    )


def _label(merchant: Merchant) -> str:
    facts = {"name": merchant.name, "mode": merchant.mode.label, "fingerprint": merchant.key_fingerprint}
    words = (
        _("%(name)s · %(mode)s · API key %(fingerprint)s")
        if merchant.secret_key
        else _("%(name)s · %(mode)s · no API key")
    )
    return words % facts
