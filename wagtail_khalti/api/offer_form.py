"""What a program sends for an offer, validated by the form of the checkout page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from wagtail_khalti.api.body import pointer
from wagtail_khalti.api.problems import invalid
from wagtail_khalti.api.schemas.payments import StartOffer
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import to_rupees
from wagtail_khalti.pricing import ChosenAmount, FixedPrice, Price, PriceList
from wagtail_khalti.public.checkout.amount_fields import OTHER
from wagtail_khalti.public.checkout.forms import CONTACT, CheckoutForm, checkout_form
from wagtail_khalti.public.checkout.price_summary import option_field
from wagtail_khalti.public.checkout.question_fields import FIELD_PREFIX, version_of
from wagtail_khalti.public.terms import Terms

SELECTIONS = ("quantity", "option", "quantities", "amount")
OPTION_PREFIX = option_field("")


def form_of(terms: Terms, sent: StartOffer) -> CheckoutForm:
    """A valid form. Raises ``Problem``."""
    form_class = checkout_form()
    asked = form_class(terms=terms).fields
    data, unasked = _data(terms, sent, asked)
    if unasked:
        raise invalid([(where, _("This offer doesn't ask for it.")) for where in unasked])
    return _valid(form_class(data, terms=terms), terms)


def form_again(terms: Terms, payment: KhaltiPayment, answers: Mapping[str, bool | str]) -> CheckoutForm:
    """Likewise, with what was entered for an earlier payment, as far as it is asked and offered still."""
    form_class = checkout_form()
    earlier = form_class(terms=terms, again=payment)
    data = {"questions_seen": version_of(terms.questions)}
    for name, field in earlier.fields.items():
        value = field.prepare_value(earlier.initial.get(name))
        if value not in (None, False, ""):
            data[name] = str(value)
    given = dict(_answers(answers, earlier.fields))
    if unknown := [name for name in answers if _field_of(name, earlier.fields) is None]:
        raise invalid([(pointer("answers", name), _("This offer doesn't ask for it.")) for name in unknown])
    return _valid(form_class({**data, **given}, terms=terms), terms)


def _data(terms: Terms, sent: StartOffer, asked: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """As the form sends it, and pointers to what the offer doesn't ask for."""
    data = {"questions_seen": version_of(terms.questions)}
    contact = sent.customer.model_dump()
    chosen = {name: value for name in SELECTIONS if (value := getattr(sent, name)) is not None}
    selected = dict(_selected(terms.price, chosen))
    unasked = [pointer(name) for name in chosen if name not in _selections(terms.price, asked)]
    unasked += [pointer("quantity")] if "quantity" not in asked and sent.quantity not in (None, 1) else []
    unasked += [pointer("customer", name) for name in CONTACT if contact[name] and name not in asked]
    unasked += [pointer("answers", name) for name in sent.answers if _field_of(name, asked) is None]
    data |= selected | {name: contact[name] for name in CONTACT if name in asked}
    return data | dict(_answers(sent.answers, asked)), list(dict.fromkeys(unasked))


def _selections(price: Price, asked: Mapping[str, Any]) -> tuple[str, ...]:
    """How it is chosen what is bought. A price of the site's own says so by the names of its form fields."""
    if isinstance(price, FixedPrice):
        return ("quantity",)
    if isinstance(price, PriceList):
        return ("quantities",) if price.takes_quantities else ("option",)
    return ("amount",) if isinstance(price, ChosenAmount) else tuple(name for name in SELECTIONS if name in asked)


def _selected(price: Price, chosen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(price, FixedPrice):
        yield "quantity", str(chosen.get("quantity", 1))
    if isinstance(price, PriceList):
        yield "option", chosen.get("option", "")
        yield from ((option_field(name), str(number)) for name, number in chosen.get("quantities", {}).items())
    if isinstance(price, ChosenAmount) and "amount" in chosen:
        amount = chosen["amount"]
        if amount in price.presets:
            yield "amount", str(amount)
        else:
            yield "amount", OTHER
            yield "own_amount", f"{to_rupees(amount)}"
    if not isinstance(price, FixedPrice | PriceList | ChosenAmount):
        yield from ((name, str(value)) for name, value in chosen.items())


def _answers(answers: Mapping[str, bool | str], asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in answers.items():
        field = _field_of(name, asked)
        if field is not None and value is not False:  # as a browser, which sends no unticked checkbox
            yield field, "on" if value is True else str(value)


def _field_of(name: str, asked: Mapping[str, Any]) -> str | None:
    """That of a question, or one that the site has added to the form."""
    own = name not in (*CONTACT, *SELECTIONS, "own_amount") and not name.startswith((OPTION_PREFIX, FIELD_PREFIX))
    return next((field for field in (f"{FIELD_PREFIX}{name}", name) if field in asked and (field != name or own)), None)


def _valid(form: CheckoutForm, terms: Terms) -> CheckoutForm:
    if form.is_valid():
        return form
    errors = ((name, str(message)) for name, messages in form.errors.items() for message in messages)
    raise invalid([(_pointer_of(name), message) for name, message in errors])


def _pointer_of(field: str) -> str:
    if field == "__all__":
        return ""
    if field in CONTACT:
        return pointer("customer", field)
    if field in ("amount", "own_amount"):
        return pointer("amount")
    if field.startswith(OPTION_PREFIX):
        return pointer("quantities", field.removeprefix(OPTION_PREFIX))
    if field in SELECTIONS:
        return pointer(field)
    return pointer("answers", field.removeprefix(FIELD_PREFIX))
