"""A visitor pays: the same requests to both sides, which differ only in the address of the checkout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.browser import Browser, Exchange
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status

HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
VISITORS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The address of each side's checkout."""

    ours: str
    plain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    page: Exchange
    checkout: Exchange
    callback: Exchange
    payment: KhaltiPayment

    @property
    def steps(self) -> tuple[Exchange, Exchange, Exchange]:
        return self.page, self.checkout, self.callback

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)


Pair = tuple[Visit, Visit]
"""Ours and the plain one."""


def pairs(sides: Sides, number: int, *, sees_statements: bool = False) -> Iterator[Pair]:
    """Visits to both sides alternately; the first side changes each time."""
    for turn in range(number):
        if turn % 2:
            plain = visit(sides.plain, sees_statements=sees_statements)
            yield visit(sides.ours, sees_statements=sees_statements), plain
        else:
            ours = visit(sides.ours, sees_statements=sees_statements)
            yield ours, visit(sides.plain, sees_statements=sees_statements)


def visit(address: str, *, sees_statements: bool = False) -> Visit:
    """Open the form, submit it, pay (not measured), and come back. Raises if one of these fails."""
    browser = Browser(sees_statements=sees_statements)
    page = browser.get(address)
    checkout = browser.post(address, answers() | hidden_fields(page))
    payment = sent_to_khalti(checkout)
    callback = browser.get(return_address(payment))

    payment.refresh_from_db()
    if payment.status != Status.COMPLETED or callback.response.status_code != 302:
        raise RuntimeError(f"{address} did not complete its payment: {payment.status}")
    return Visit(page=page, checkout=checkout, callback=callback, payment=payment)


def answers() -> dict[str, str]:
    """Details of a new visitor each time, since a second payment within an hour has to be confirmed."""
    number = next(VISITORS)
    phone = f"98{number:08}"
    return {"quantity": "1", "name": "Sita Sharma", "email": f"sita-{number}@example.com", "phone": phone}


def hidden_fields(page: Exchange) -> dict[str, str]:
    return dict(HIDDEN_FIELD.findall(page.response.content.decode()))


def sent_to_khalti(checkout: Exchange) -> KhaltiPayment:
    if checkout.response.status_code != 302:
        raise RuntimeError(f"the checkout did not lead to Khalti: {checkout.response.content.decode()}")
    pidx = parse_qs(urlsplit(checkout.response.url).query)["pidx"][0]
    return KhaltiPayment.objects.get(pidx=pidx)


def return_address(payment: KhaltiPayment) -> str:
    """Where Khalti would redirect the browser after the payment."""
    transaction_id = "GFq9PFS7b2iYvL8Lir9oXe"
    said = {
        "pidx": payment.pidx,
        "transaction_id": transaction_id,
        "tidx": transaction_id,
        "amount": payment.amount,
        "total_amount": payment.amount,
        "mobile": "98XXXXX001",
        "status": "Completed",
        "purchase_order_id": payment.purchase_order_id,
        "purchase_order_name": payment.purpose,
    }
    return f"{urlsplit(payment.return_url).path}?{urlencode(said)}"


def require_the_same(ours: Visit, plain: Visit) -> None:
    """The comparison is fair only if both sides did the same work. Raises otherwise."""
    for what in (traces, is_shown_the_receipt):
        if what(ours) != what(plain):
            raise RuntimeError(f"not the same work: ours {what(ours)}, plain {what(plain)}")


def is_shown_the_receipt(visit: Visit) -> bool:
    return bool(visit.callback.response.url == visit.payment.get_absolute_url())


def traces(visit: Visit) -> tuple[object, ...]:
    """What a visit has stored."""
    payment = visit.payment
    kinds = Counter(payment.events.values_list("kind", flat=True))
    return kinds, payment.amount, payment.status, payment.customer_name, payment.thank_you_page
