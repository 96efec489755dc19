"""The only reader of ``WAGTAIL_KHALTI``: one typed, frozen object."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.money import Paisa, to_paisa
from wagtail_khalti.option_values import (
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    import_function,
    read_hosts,
    read_interval,
    read_max_amount,
    read_max_wait,
    read_retention,
    read_timeout,
)
from wagtail_khalti.options import DEFAULT_MERCHANT, FUNCTIONS, merchant_options, raw_options
from wagtail_khalti.rate_limits import RATE_LIMITS, read_rate_limits, read_trusted_proxies
from wagtail_khalti.text.receipt_numbers import NUMBER_FORMAT, NumberFormat, read_number_format
from wagtail_khalti.webhook_endpoints import Endpoint, read_webhooks

# rupees; the limit of one wallet payment to a merchant: khalti.com/info/transaction-limits
MAX_AMOUNT = Decimal("200000")
DEFAULT_MAX_AMOUNT = to_paisa(MAX_AMOUNT)
MAX_WAIT = 1.5  # seconds; Khalti usually responds well within one, and a waiting worker serves nobody else
RECONCILE_EVERY = 60  # seconds; no payment is due earlier than this after its start


class Mode(TextChoices):
    """Which Khalti a merchant uses."""

    SIMULATOR = "simulator", _("Test (simulator)")
    """The simulator on your own machine."""
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
    """One Khalti account."""

    name: str
    """Stored with each payment."""

    mode: Mode
    """Which Khalti this merchant uses."""

    api_url: str
    """Root of the API host, without a trailing slash."""

    secret_key: str = field(repr=False)
    """From the environment. Never shown, never stored."""

    timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT)
    """Seconds to connect, and to wait for a response."""

    max_amount: Paisa = DEFAULT_MAX_AMOUNT
    """The largest single payment."""

    @property
    def key_fingerprint(self) -> str:
        """Distinguishes keys without revealing them."""
        return hashlib.sha256(b"wagtail-khalti:" + self.secret_key.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """``WAGTAIL_KHALTI``, read once."""

    merchants: Mapping[str, Merchant]

    base_url: str
    """Root of the return URL, if it can't be taken from the request: ``https://shop.example``."""

    contact: str
    """Shown to visitors with questions about a payment: an e-mail address, a phone number."""

    reconcile_every: timedelta
    """The shortest interval in which page views start a reconcile. Zero: never, because cron or workers do it."""

    max_wait: float
    """Seconds that a request waits for Khalti. A later response is applied when it arrives."""

    rate_limits: Mapping[str, int]
    """The maximum number of requests of each kind per visitor and minute; a missing kind has no limit."""

    trusted_proxies: int
    """The number of the site's own proxies that a request passes; each records the address it came from."""

    redirect_hosts: Sequence[str]
    """Hosts besides the site's own to which the site's code may send visitors, such as that of a front end."""

    checkout_form: str
    """Dotted path to the site's own subclass of ``CheckoutForm``; empty for ours."""

    functions: Mapping[str, str]
    """Dotted paths to functions of the site's own, by the names of the options."""

    receipt_numbers: NumberFormat
    """How receipt numbers are written."""

    webhooks: Mapping[str, Endpoint]
    """Other systems that are told of payments, by name."""

    retention: timedelta | None
    """For how long after a payment was started; None: forever."""

    def merchant(self, name: str = DEFAULT_MERCHANT) -> Merchant:
        """Raises ``ImproperlyConfigured`` with the names of the known ones."""
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
        # A new exception: the frames below have the options with the key, and error pages show frames.
        raise ImproperlyConfigured(*error.args) from None


def own_function(option: str) -> Callable[..., Any] | None:
    """The site's own function of this option; None without one. Raises ``ImproperlyConfigured``."""
    path = configuration().functions.get(option)
    return import_function(option, path) if path else None


def is_test_mode(merchant: str = DEFAULT_MERCHANT) -> bool:
    """Whether no money moves; also False if nothing is configured, which the system checks report."""
    try:
        return configuration().merchant(merchant).mode != Mode.LIVE
    except ImproperlyConfigured:
        return False


def is_test_everywhere() -> bool | None:
    """Whether no money moves with any merchant; None if it moves with some of them."""
    try:
        kinds = {merchant.mode != Mode.LIVE for merchant in configuration().merchants.values()}
    except ImproperlyConfigured:
        return False
    return kinds.pop() if len(kinds) == 1 else None


def has_several_merchants() -> bool:
    """Whether there is a choice; also False if nothing is configured, which the system checks report."""
    try:
        return len(configuration().merchants) > 1
    except ImproperlyConfigured:
        return False


def max_payment(merchant: str = "") -> Paisa:
    """The maximum of one payment to this merchant, by default the largest of all merchants.

    The usual maximum if the settings can't be read, so that pages still render.
    """
    try:
        known = configuration()
        chosen = [known.merchant(merchant)] if merchant else known.merchants.values()
        return max(each.max_amount for each in chosen)
    except ImproperlyConfigured:
        return DEFAULT_MAX_AMOUNT


def read(options: Mapping[str, Any]) -> Configuration:
    """Raises ``ImproperlyConfigured``."""
    return Configuration(
        merchants=MappingProxyType({name: _merchant(name, given) for name, given in merchant_options(options).items()}),
        base_url=str(options.get("BASE_URL", "")),
        contact=str(options.get("CONTACT", "")),
        reconcile_every=read_interval(options.get("RECONCILE_EVERY", RECONCILE_EVERY)),
        max_wait=read_max_wait(options.get("MAX_WAIT", MAX_WAIT)),
        rate_limits=read_rate_limits(options.get("RATE_LIMITS", RATE_LIMITS)),
        trusted_proxies=read_trusted_proxies(options.get("TRUSTED_PROXIES", 0)),
        redirect_hosts=read_hosts(options.get("REDIRECT_HOSTS", ())),
        checkout_form=str(options.get("CHECKOUT_FORM", "")),
        functions={name: str(options[name]) for name in FUNCTIONS if options.get(name)},
        receipt_numbers=read_number_format(options.get("RECEIPT_NUMBERS", NUMBER_FORMAT)),
        webhooks=read_webhooks(options.get("WEBHOOKS", {})),
        retention=read_retention(options.get("KEEP_PERSONAL_DATA")),
    )


def _merchant(name: str, options: Mapping[str, Any]) -> Merchant:
    mode = _mode(options.get("MODE", Mode.SANDBOX))
    api_url = str(options.get("API_URL") or API_URLS.get(mode, "")).rstrip("/")
    if not api_url:
        raise ImproperlyConfigured(
            f'The account "{name}" of WAGTAIL_KHALTI in mode "simulator" needs "API_URL": '
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
