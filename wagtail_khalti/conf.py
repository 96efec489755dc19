"""The only reader of ``WAGTAIL_KHALTI``: one typed, frozen object."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.money import Paisa, to_paisa
from wagtail_khalti.option_values import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    read_interval,
    read_max_amount,
    read_max_wait,
    read_timeout,
)
from wagtail_khalti.rate_limits import RATE_LIMITS, read_rate_limits, read_trusted_proxies

DEFAULT_MERCHANT = "default"
LENT_OPTIONS = ("MODE", "TIMEOUT", "MAX_AMOUNT")
"""Which the top level lends to merchants that leave them out."""
MERCHANT_OPTIONS = (*LENT_OPTIONS, "SECRET_KEY", "API_URL")
OPTIONS = (
    *MERCHANT_OPTIONS,
    "MERCHANTS",
    "BASE_URL",
    "CONTACT",
    "RECONCILE_EVERY",
    "MAX_WAIT",
    "RATE_LIMITS",
    "TRUSTED_PROXIES",
    "CHECKOUT_FORM",
)

MAX_AMOUNT = Decimal("200000")  # rupees; what a wallet may pay a merchant at once: khalti.com/info/transaction-limits
USUAL_MAX_AMOUNT = to_paisa(MAX_AMOUNT)
MAX_WAIT = 1.5  # seconds; Khalti answers well within one, and a worker that waits serves nobody else
RECONCILE_EVERY = 60  # seconds; no payment is due sooner after its start


class Mode(TextChoices):
    """Which Khalti is meant."""

    SIMULATOR = "simulator", _("Test (simulator)")
    """The one on your own machine."""
    SANDBOX = "sandbox", _("Test (sandbox)")
    """Khalti's test environment; no money moves."""
    LIVE = "live", _("Live")
    """Real money."""


API_URLS = {
    Mode.SANDBOX: "https://dev.khalti.com",
    Mode.LIVE: "https://khalti.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """One account at Khalti."""

    name: str
    """What payments remember it by."""

    mode: Mode
    """Which Khalti this merchant talks to."""

    api_url: str
    """Root of the API host, without a trailing slash."""

    secret_key: str = field(repr=False)
    """From the environment. Never shown, never stored."""

    timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT)
    """Seconds to connect, and to wait for an answer."""

    max_amount: Paisa = USUAL_MAX_AMOUNT
    """The largest single payment."""

    @property
    def key_fingerprint(self) -> str:
        """Tells two keys apart without telling the key."""
        return hashlib.sha256(b"wagtail-khalti:" + self.secret_key.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """``WAGTAIL_KHALTI``, read once."""

    merchants: Mapping[str, Merchant]

    base_url: str
    """Root of the address that visitors come back to, where requests can't tell: ``https://shop.example``."""

    contact: str
    """Whom a visitor can ask, shown where a payment is in doubt: an e-mail address, a phone number."""

    reconcile_every: timedelta
    """How often, at most, a page view moves due checks on. Zero: never, since cron or workers do."""

    max_wait: float
    """Seconds that a request waits for Khalti before it goes on without the answer, which is used when it comes."""

    rate_limits: Mapping[str, int]
    """The most requests of each kind that one visitor may make in a minute; a kind that is missing has no limit."""

    trusted_proxies: int
    """How many proxies of the site's a request passes, each of which notes the address that it came from."""

    checkout_form: str
    """Dotted path to the site's own subclass of ``CheckoutForm``; empty for ours."""

    def merchant(self, name: str = DEFAULT_MERCHANT) -> Merchant:
        """Raises ``ImproperlyConfigured`` naming the known ones."""
        try:
            return self.merchants[name]
        except KeyError:
            known = ", ".join(sorted(self.merchants)) or "none"
            raise ImproperlyConfigured(f"WAGTAIL_KHALTI has no merchant {name!r}; it has: {known}.") from None


@cache
def _read_once() -> Configuration:
    return read(raw_options())


def configuration() -> Configuration:
    """The site's configuration. Raises ``ImproperlyConfigured`` with the line to write."""
    try:
        return _read_once()
    except ImproperlyConfigured as error:
        # Anew: the frames below hold the options with the key, and error pages show frames.
        raise ImproperlyConfigured(*error.args) from None


def is_test_mode(merchant: str = DEFAULT_MERCHANT) -> bool:
    """Whether no money moves; also False where nothing is set up, which the system checks tell."""
    try:
        return configuration().merchant(merchant).mode != Mode.LIVE
    except ImproperlyConfigured:
        return False


def is_test_everywhere() -> bool | None:
    """Whether no money moves with any merchant; None where it moves with some of them."""
    try:
        kinds = {merchant.mode != Mode.LIVE for merchant in configuration().merchants.values()}
    except ImproperlyConfigured:
        return False
    return kinds.pop() if len(kinds) == 1 else None


def max_payment(merchant: str = "") -> Paisa:
    """The most that this merchant takes at once, or whichever takes most; the usual where the settings can't be read,
    so that pages still show."""
    try:
        known = configuration()
        chosen = [known.merchant(merchant)] if merchant else known.merchants.values()
        return max(each.max_amount for each in chosen)
    except ImproperlyConfigured:
        return USUAL_MAX_AMOUNT


def raw_options() -> Mapping[str, Any]:
    """The dict as the site wrote it, for the system checks."""
    options = getattr(settings, "WAGTAIL_KHALTI", {})
    if not isinstance(options, Mapping):
        raise ImproperlyConfigured('WAGTAIL_KHALTI must be a dict, such as {"MODE": "sandbox", …}.')
    return options


def more_merchants(options: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What is written under ``MERCHANTS``."""
    merchants = options.get("MERCHANTS", {})
    if not isinstance(merchants, Mapping) or not all(isinstance(given, Mapping) for given in merchants.values()):
        raise ImproperlyConfigured('WAGTAIL_KHALTI["MERCHANTS"] must be a dict of dicts.')
    return merchants


def merchant_options(options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The options of each merchant by its name; the top level is the default one and lends what others leave out."""
    shared = {name: options[name] for name in LENT_OPTIONS if name in options}
    own = {name: options[name] for name in MERCHANT_OPTIONS if name in options}
    named: dict[str, Mapping[str, Any]] = {name: {**shared, **given} for name, given in more_merchants(options).items()}
    return {DEFAULT_MERCHANT: own, **named} if "SECRET_KEY" in own or not named else named


def unknown_options(given: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, str]:
    """Each unknown name with the known one it resembles, or nothing."""
    return {
        name: next(iter(difflib.get_close_matches(str(name).upper(), known, n=1)), "")
        for name in given
        if name not in known
    }


def read(options: Mapping[str, Any]) -> Configuration:
    """Make the frozen object. Raises ``ImproperlyConfigured``."""
    return Configuration(
        merchants=MappingProxyType({name: _merchant(name, given) for name, given in merchant_options(options).items()}),
        base_url=str(options.get("BASE_URL", "")),
        contact=str(options.get("CONTACT", "")),
        reconcile_every=read_interval(options.get("RECONCILE_EVERY", RECONCILE_EVERY)),
        max_wait=read_max_wait(options.get("MAX_WAIT", MAX_WAIT)),
        rate_limits=read_rate_limits(options.get("RATE_LIMITS", RATE_LIMITS)),
        trusted_proxies=read_trusted_proxies(options.get("TRUSTED_PROXIES", 0)),
        checkout_form=str(options.get("CHECKOUT_FORM", "")),
    )


def _merchant(name: str, options: Mapping[str, Any]) -> Merchant:
    mode = _mode(options.get("MODE", Mode.SANDBOX))
    api_url = str(options.get("API_URL") or API_URLS.get(mode, "")).rstrip("/")
    if not api_url:
        raise ImproperlyConfigured(
            'WAGTAIL_KHALTI in mode "simulator" needs "API_URL": '
            '"http://127.0.0.1:8000/khalti-simulator" (wherever your simulator is).'
        )
    return Merchant(
        name=name,
        mode=mode,
        api_url=api_url,
        secret_key=str(options.get("SECRET_KEY") or "").strip(),  # files end with a new line
        timeout=read_timeout(options.get("TIMEOUT", (CONNECT_TIMEOUT, READ_TIMEOUT))),
        max_amount=read_max_amount(options.get("MAX_AMOUNT", MAX_AMOUNT)),
    )


def _mode(value: Any) -> Mode:
    try:
        return Mode(value)
    except ValueError:
        legal = ", ".join(f'"{mode}"' for mode in Mode.values)
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["MODE"] is {value!r}, must be one of: {legal}.') from None


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "WAGTAIL_KHALTI":
        _read_once.cache_clear()


setting_changed.connect(_forget)
