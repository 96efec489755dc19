"""The Khalti accounts in the settings, as staff may see them: never an API key, nor its length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.options import DEFAULT_MERCHANT
from wagtail_khalti.staff.modes import ModeBar, mode_bar, not_set_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account, and whether the site uses it."""

    name: str
    mode: str
    api_endpoint: str
    fingerprint: str
    """Identifies the API key; empty if there is none."""

    is_chosen: bool


def known_merchants() -> Mapping[str, Merchant]:
    """Empty if the settings are not valid; ``khalti_doctor`` says why."""
    try:
        return configuration().merchants
    except ImproperlyConfigured:
        return {}


def accounts(chosen: str) -> list[Account]:
    """All accounts, the chosen one first."""
    chosen = chosen or DEFAULT_MERCHANT
    found = [_account(merchant, is_chosen=name == chosen) for name, merchant in known_merchants().items()]
    return sorted(found, key=lambda account: not account.is_chosen)


def choices(chosen: str) -> list[tuple[str, str]]:
    """For a form. The chosen account stays in it, even if it is no longer set up."""
    known = known_merchants()
    default = known.get(DEFAULT_MERCHANT)
    first = _("Default: %s") % _label(default) if default else _("None (visitors can't pay)")
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
    """Whether the chosen account is no longer set up."""
    return bool(chosen) and chosen not in known_merchants()


def _account(merchant: Merchant, *, is_chosen: bool) -> Account:
    return Account(
        name=merchant.name,
        mode=str(merchant.mode.label),
        api_endpoint=merchant.api_url,
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
