"""Where Khalti sends the browser when the payer is done, in the sets of parameters that were recorded."""

from collections.abc import Collection
from enum import StrEnum
from typing import Self
from urllib.parse import quote, quote_plus, urldefrag, urlencode

from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.identifiers import id_from
from wagtail_khalti.simulator.models import SimulatedPayment


class Return(StrEnum):
    """How the payer's browser comes back."""

    description: str

    def __new__(cls, name: str, description: str) -> Self:
        way = str.__new__(cls, name)
        way._value_ = name
        way.description = description
        return way

    ONCE = "once", "as it should"
    TWICE = "twice", "the same address is visited twice"
    NEVER = "never", "the browser was closed, or the phone died"
    WITHOUT_PIDX = "without_pidx", "the parameter `pidx` is lost on the way"


def visits(payment: SimulatedPayment, how: Return | str) -> list[str]:
    if how not in list(Return):
        raise ValueError(f"Nobody returns {how!r}, must be one of: {', '.join(Return)}")
    address = callback_url(payment, without=["pidx"] if how == Return.WITHOUT_PIDX else [])
    return [address] * {"never": 0, "twice": 2}.get(how, 1)


def callback_url(payment: SimulatedPayment, *, without: Collection[str] = ()) -> str:
    chosen = simulator_settings()
    style = {"A": _style_a, "B": _style_b, "C": _style_c}[chosen.callback_style]
    encode = quote if chosen.callback_style == "A" else quote_plus
    parameters = [pair for pair in style(payment) if pair[0] not in without]
    query = urlencode([*parameters, *payment.merchant_extras], quote_via=encode)

    join = {"clean": _join_cleanly, "naive": _join_naively}[chosen.query_join]
    return join(payment.return_url, query)


def _style_a(payment: SimulatedPayment) -> list[tuple[str, str]]:
    """Recorded in 2024."""
    return [pair for pair in _style_b(payment) if pair[0] != "txnId"]


def _style_b(payment: SimulatedPayment) -> list[tuple[str, str]]:
    """Recorded in 2025; a cancel has its ids and its mobile empty."""
    transaction, amount = payment.transaction_id, str(payment.amount)
    return [
        ("pidx", payment.pidx),
        ("transaction_id", transaction),
        ("tidx", transaction),
        ("txnId", transaction),
        ("amount", amount),
        ("total_amount", amount),
        ("mobile", _mobile(payment)),
        ("status", payment.status.value),
        ("purchase_order_id", payment.purchase_order_id),
        ("purchase_order_name", payment.purchase_order_name),
    ]


def _style_c(payment: SimulatedPayment) -> list[tuple[str, str]]:
    """Recorded in July 2025 from another backend of Khalti, with Python's None as a word."""
    # Simulator's own: a cancel in this style, and a token that follows from the pidx.
    transaction, amount = payment.transaction_id, str(payment.amount)
    return [
        ("status", payment.status.value),
        ("txn", transaction),
        ("token", id_from(payment.pidx)),
        ("bank_reference", "None"),
        ("amount", amount),
        ("mobile", _mobile(payment)),
        ("transaction_id", transaction),
        ("tidx", transaction),
        ("total_amount", amount),
        ("purchase_order_id", payment.purchase_order_id),
        ("purchase_order_name", payment.purchase_order_name),
        ("pidx", payment.pidx),
    ]


def _mobile(payment: SimulatedPayment) -> str:
    return payment.masked_mobile if payment.is_paid else ""


def _join_cleanly(return_url: str, query: str) -> str:
    # Simulator's own, except for an address without a query: that one only gets "?" and no slash.
    address, fragment = urldefrag(return_url)
    glue = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{glue}{query}" + (f"#{fragment}" if fragment else "")


def _join_naively(return_url: str, query: str) -> str:
    return f"{return_url}{'/?' if '?' in return_url else '?'}{query}"
