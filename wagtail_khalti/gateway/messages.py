"""Requests to Khalti and its responses, as frozen dataclasses. No other code reads its JSON.

Fields and oddities are those of Khalti's ePayment API ("KPG-2"): https://docs.khalti.com/khalti-epayment/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from wagtail_khalti.exceptions import AnswerNotUnderstood
from wagtail_khalti.gateway.statuses import GatewayStatus, gateway_status
from wagtail_khalti.money import Paisa

MAX_ID_LENGTH = 64  # Khalti's ids have 22 characters
MAX_URL_LENGTH = 2000
MAX_VALUE_LENGTH = 200
MAX_PARAMETER_LENGTH = 64  # of a callback parameter; real ones have under 30
MAX_CALLBACK_LENGTH = 4096  # bytes of query string; real ones have under 600
PLAUSIBLE_YEARS = range(2020, 2200)  # others overflow in time zones and databases
MAX_AMOUNT = 10**15  # paisa; so that a large exponent can't become a huge integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The customer, as far as known. Anybody can pay at Khalti."""

    name: str = ""
    email: str = ""
    phone: str = ""

    def as_json(self) -> dict[str, str]:
        """Without blank fields, which Khalti rejects, and empty without a name, which it requires."""
        return {key: value for key, value in asdict(self).items() if value} if self.name else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownLine:
    """One line of what makes up the amount, in paisa. A discount is negative."""

    label: str
    amount: Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product; prices in paisa."""

    identity: str
    name: str
    quantity: int
    unit_price: Paisa
    total_price: Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiateRequest:
    """The request that initiates a payment."""

    return_url: str
    website_url: str
    amount: Paisa
    purchase_order_id: str
    purchase_order_name: str
    customer: Customer = Customer()
    breakdown: Sequence[BreakdownLine] = ()
    products: Sequence[Product] = ()
    merchant_extra: Mapping[str, str] = field(default_factory=dict)
    """Sent with ``merchant_`` before each name; Khalti repeats them in the callback."""

    def as_json(self) -> dict[str, Any]:
        optional = {
            "customer_info": self.customer.as_json(),
            "amount_breakdown": [asdict(line) for line in self.breakdown],
            "product_details": [asdict(product) for product in self.products],
        }
        return {
            "return_url": self.return_url,
            "website_url": self.website_url,
            "amount": self.amount,
            "purchase_order_id": self.purchase_order_id,
            "purchase_order_name": self.purchase_order_name,
            **{name: value for name, value in optional.items() if value},
            **{f"merchant_{name}": value for name, value in self.merchant_extra.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiated:
    """The response to ``InitiateRequest``."""

    pidx: str
    payment_url: str
    """Where the visitor pays. Its format changes, so it is never parsed or constructed."""

    expires_at: datetime | None
    """Missing in old responses."""

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Raises ``AnswerNotUnderstood`` if the visitor can't be redirected to pay."""
        pidx, payment_url = _read_id(body.get("pidx")), body.get("payment_url")
        if not pidx:
            raise AnswerNotUnderstood("initiate answered without a usable pidx")
        if not isinstance(payment_url, str) or not _is_web_address(payment_url):
            raise AnswerNotUnderstood("initiate answered without a usable payment_url")
        return cls(pidx=pidx, payment_url=payment_url, expires_at=_read_time(body.get("expires_at")))

    def as_data(self) -> dict[str, Any]:
        """The fields that may be stored."""
        expires_at = self.expires_at and self.expires_at.isoformat()
        return {"pidx": self.pidx, "payment_url": self.payment_url, "expires_at": expires_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """The request that refunds a payment."""

    transaction_id: str
    amount: Paisa | None
    """None for the whole payment: without an amount Khalti refunds all of it."""

    mobile: str = field(default="", repr=False)
    """The Khalti account to refund to, for bank payments."""

    def as_json(self) -> dict[str, Any]:
        given = {"amount": self.amount, "mobile": self.mobile}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The response to a lookup. Only parsed here; the ledger decides what follows."""

    pidx: str
    status: str
    """Khalti's own text."""

    amount: Paisa | None
    """None if it is missing or isn't a whole, non-negative number of paisa."""

    transaction_id: str = ""
    fee: Paisa | None = None
    refunded: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The known fields of the response as they were received, shortened, for the timeline."""

    @property
    def gateway_status(self) -> GatewayStatus | None:
        """``status`` as an enum; None if Khalti's text isn't known."""
        return gateway_status(self.status)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Raises ``AnswerNotUnderstood`` if there is no status."""
        status = body.get("status")
        if not isinstance(status, str) or not status.strip():
            raise AnswerNotUnderstood("lookup answered without a status")
        return cls(
            pidx=_read_id(body.get("pidx")),
            status=_read_status(status),
            amount=read_paisa(body.get("total_amount")),
            transaction_id=_read_id(body.get("transaction_id")),
            fee=read_paisa(body.get("fee")),
            refunded=body.get("refunded") not in (None, False),
            raw={name: _shorten(body[name]) for name in _LOOKUP_FIELDS if name in body},
        )


_LOOKUP_FIELDS = ("pidx", "total_amount", "status", "transaction_id", "fee", "refunded", "error_key")
_CALLBACK_FIELDS = ("pidx", "status", "transaction_id", "tidx", "txnId", "amount", "total_amount", "mobile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """The parameters of the callback. Unsigned and in several formats, so they are never trusted."""

    parameters: Mapping[str, str]

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Never raises. Reads only known parameters, also after a second ``?``."""
        flat = query[:MAX_CALLBACK_LENGTH].replace("/?", "&").replace("?", "&")
        pairs = parse_qsl(flat, errors="replace")
        return cls(
            parameters={
                name: readable(value, MAX_PARAMETER_LENGTH) for name, value in pairs if name in _CALLBACK_FIELDS
            }
        )

    def names_another(self, pidx: str | None) -> bool:
        """Whether the parameters are for a payment other than the one in the path."""
        return self.parameters.get("pidx", pidx) != pidx


def read_paisa(value: object) -> Paisa | None:
    """A whole, non-negative number of paisa, or None. A string of digits and ``1000.0`` are such numbers."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MAX_ID_LENGTH:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if not 0 <= value < MAX_AMOUNT or value != int(value):
        return None
    return Paisa(int(value))


def _read_id(value: object) -> str:
    is_id = isinstance(value, str) and len(value) <= MAX_ID_LENGTH and value.isascii() and value.isprintable()
    return str(value) if is_id else ""


def _read_status(status: str) -> str:
    """Storable. A mark is added if that changed it, so that a shortened text is never a known status."""
    stored = readable(status, MAX_VALUE_LENGTH)
    return stored if stored == status else f"{stored[: MAX_VALUE_LENGTH - 1]}…"


def _read_time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in PLAUSIBLE_YEARS else None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_clean = len(text) <= MAX_URL_LENGTH and text.isascii() and text.isprintable()
    return is_clean and parts.scheme in ("http", "https") and bool(parts.hostname)


def _shorten(value: Any) -> Any:
    """A value that any database can store: numbers unchanged, everything else as shortened text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < MAX_AMOUNT:
        return value
    return readable(str(value), MAX_VALUE_LENGTH)


def readable(text: str, max_length: int) -> str:
    """External text without what PostgreSQL can't store: NUL and lone surrogates."""
    return text[:max_length].replace("\x00", "").encode(errors="replace").decode()
