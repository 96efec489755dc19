"""What we ask Khalti and what it answers, as frozen values. Foreign JSON dies here.

Shapes and oddities are those of Khalti's ePayment API ("KPG-2"): https://docs.khalti.com/khalti-epayment/
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
MAX_FACT_LENGTH = 200
MAX_HINT_LENGTH = 64  # of what a browser brings; ids and statuses have under 30
MAX_CALLBACK_LENGTH = 4096  # bytes of query string; real ones have under 600
SENSIBLE_YEARS = range(2020, 2200)  # others overflow on their way through zones and databases
MAX_AMOUNT = 10**15  # paisa; keeps a senseless exponent from becoming a senseless integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who pays, as far as we know. Khalti does not bind the payment to them."""

    name: str = ""
    email: str = ""
    phone: str = ""

    def as_json(self) -> dict[str, str]:
        """Blank members left out (Khalti refuses them), and nothing at all without a name (it insists on one)."""
        return {key: value for key, value in asdict(self).items() if value} if self.name else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownLine:
    """One line of what makes up the amount, in paisa. A discount is negative."""

    label: str
    amount: Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing that is paid for; prices in paisa."""

    identity: str
    name: str
    quantity: int
    unit_price: Paisa
    total_price: Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiateRequest:
    """Everything that Khalti is told when a payment begins."""

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
    """Khalti's answer to "a payment begins"."""

    pidx: str
    payment_url: str
    """Where the visitor pays. Its form changes; it is never built or taken apart."""

    expires_at: datetime | None
    """Absent in old answers."""

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Raises ``AnswerNotUnderstood`` where the visitor could not be sent on."""
        pidx, payment_url = _read_id(body.get("pidx")), body.get("payment_url")
        if not pidx:
            raise AnswerNotUnderstood("initiate answered without a usable pidx")
        if not isinstance(payment_url, str) or not _is_web_address(payment_url):
            raise AnswerNotUnderstood("initiate answered without a usable payment_url")
        return cls(pidx=pidx, payment_url=payment_url, expires_at=_read_time(body.get("expires_at")))

    def facts(self) -> dict[str, Any]:
        """What may be stored of it."""
        expires_at = self.expires_at and self.expires_at.isoformat()
        return {"pidx": self.pidx, "payment_url": self.payment_url, "expires_at": expires_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """What Khalti is told when money is to go back."""

    transaction_id: str
    amount: Paisa | None
    """None: the whole payment, which is what Khalti understands by no amount."""

    mobile: str = field(default="", repr=False)
    """The Khalti account to which the money of a bank payment goes."""

    def as_json(self) -> dict[str, Any]:
        given = {"amount": self.amount, "mobile": self.mobile}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Khalti's answer to "what became of this payment?". Only read here; the ledger decides what follows."""

    pidx: str
    status: str
    """Khalti's own text."""

    amount: Paisa | None
    """None where it is missing or isn't a whole, non-negative number of paisa."""

    transaction_id: str = ""
    fee: Paisa | None = None
    refunded: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The answer's known fields as they came, shortened, for the record."""

    @property
    def gateway_status(self) -> GatewayStatus | None:
        """The same in our words; None where Khalti's text isn't known."""
        return gateway_status(self.status)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Raises ``AnswerNotUnderstood`` where there is no status at all."""
        status = body.get("status")
        if not isinstance(status, str) or not status.strip():
            raise AnswerNotUnderstood("lookup answered without a status")
        return cls(
            pidx=_read_id(body.get("pidx")),
            status=_read_word(status),
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
    """What the browser brought back. Unsigned, editable, in several dialects: a hint, never evidence."""

    hints: Mapping[str, str]

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Never raises. Reads known names only, in any order, also where ``?`` was glued on twice."""
        flat = query[:MAX_CALLBACK_LENGTH].replace("/?", "&").replace("?", "&")
        pairs = parse_qsl(flat, errors="replace")
        return cls(hints={name: readable(value, MAX_HINT_LENGTH) for name, value in pairs if name in _CALLBACK_FIELDS})

    def names_another(self, pidx: str | None) -> bool:
        """Whether the browser speaks of a payment that isn't the one in the path."""
        return self.hints.get("pidx", pidx) != pidx


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


def _read_word(word: str) -> str:
    """Storable; where that changed it, a mark says so, or cutting could make a known word of an unknown one."""
    kept = readable(word, MAX_FACT_LENGTH)
    return kept if kept == word else f"{kept[: MAX_FACT_LENGTH - 1]}…"


def _read_time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in SENSIBLE_YEARS else None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_clean = len(text) <= MAX_URL_LENGTH and text.isascii() and text.isprintable()
    return is_clean and parts.scheme in ("http", "https") and bool(parts.hostname)


def _shorten(value: Any) -> Any:
    """A fact that any database can store: numbers as they are, all else as cut text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < MAX_AMOUNT:
        return value
    return readable(str(value), MAX_FACT_LENGTH)


def readable(text: str, most: int) -> str:
    """Foreign text without what PostgreSQL can't store: NUL and lone surrogates."""
    return text[:most].replace("\x00", "").encode(errors="replace").decode()
