"""Which problem each exception is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from wagtail_khalti import exceptions
from wagtail_khalti.api.body import pointer, too_large
from wagtail_khalti.api.problems import Kind, Problem, conflict, invalid, not_found, not_permitted
from wagtail_khalti.exceptions import (
    AlreadyPaid,
    AmountTooLarge,
    AmountTooSmall,
    AnswerNotUnderstood,
    GatewayUnreachable,
    IdempotencyConflict,
    KhaltiError,
    MobileNeeded,
    NotOnSale,
    NotRefundable,
    OfferTampered,
    OfferUnavailable,
    PaymentBusy,
    PaymentError,
    RefundsChanged,
    RequestRejected,
    SoldOut,
)
from wagtail_khalti.staff.error_messages import refund_error_message

logger = logging.getLogger(__name__)

UNAVAILABLE = (GatewayUnreachable, AnswerNotUnderstood, PaymentBusy)
UNION_TAGS = ("offer", "payable")


def add_handlers(api: NinjaAPI) -> None:
    """The one of the nearest class handles an exception."""
    problems: Mapping[type[Exception], Callable[[Any], Problem]] = {
        Problem: lambda problem: problem,
        KhaltiError: problem_of,
        ImproperlyConfigured: _unavailable,
        ValidationError: _invalid,
        HttpError: _of_ninja,
        AuthenticationError: lambda error: _unauthenticated(),
        RequestDataTooBig: lambda error: too_large(),
        PermissionDenied: lambda error: not_permitted(),
        Http404: lambda error: not_found(),
    }
    for error, problem in problems.items():
        api.add_exception_handler(error, _handler(problem))
    api.add_exception_handler(Exception, _raise)  # Django's handlers report it; ninja's own one shows a traceback


def _handler(problem: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: problem(error).as_response()


def _raise(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def _of_ninja(error: HttpError) -> Problem:
    """ninja wraps what the parser raises."""
    return error.__cause__ if isinstance(error.__cause__, Problem) else invalid([("", error.message)])


def problem_of(error: KhaltiError) -> Problem:
    """Why a payment was not started. What only the site can change is logged."""
    if isinstance(error, UNAVAILABLE):
        return _khalti_unavailable(error)
    if isinstance(error, RequestRejected):
        return rejected(error.fields, error.reference)
    return _of_money(error) or _of_offer(error) or _unavailable(error)


def not_checked(error: KhaltiError, reference: str) -> Problem:
    """Why a payment was not looked up. Whether it was paid is not known then."""
    kind: Kind = "khalti-unavailable" if isinstance(error, UNAVAILABLE) else "payments-unavailable"
    logger.warning("Payment %s could not be checked: %s", reference, error)
    detail = _("Khalti can't be asked right now. The payment is checked again automatically.")
    return Problem(kind, detail, headers=_pause(error), reference=reference)


def not_refunded(error: KhaltiError, refundable: int) -> Problem:
    """Why nothing was refunded, in the words of the admin."""
    problem, detail = problem_of(error), refund_error_message(error)
    if isinstance(error, MobileNeeded):
        problem.errors = [(pointer("mobile"), detail)]
    if isinstance(error, NotRefundable):
        problem.members["refundable"] = refundable
    if not isinstance(error, IdempotencyConflict):
        problem.detail = detail
    return problem


def rejected(fields: Mapping[str, str], reference: str) -> Problem:
    """Khalti's messages, at the values they are about."""
    errors = [
        (pointer(*name.split(".")) if name.startswith("customer.") else "", text) for name, text in fields.items()
    ]
    detail = _("Khalti did not accept this payment. You have not been charged.")
    return Problem("rejected-by-khalti", detail, errors=errors, **_reference(reference))


def _pause(error: KhaltiError) -> dict[str, str]:
    return {"Retry-After": str(getattr(error, "retry_after", None) or 5)}


def _khalti_unavailable(error: KhaltiError) -> Problem:
    return Problem(
        "khalti-unavailable",
        _("Khalti is temporarily unavailable. You have not been charged. Please try again."),
        headers=_pause(error),
        **_reference(getattr(error, "reference", "")),
    )


def _of_money(error: KhaltiError) -> Problem | None:
    if isinstance(error, IdempotencyConflict):
        return conflict()
    if isinstance(error, AmountTooLarge):
        return Problem("amount-too-large", _("This is more than one payment can come to."))
    if isinstance(error, AmountTooSmall):
        return Problem("amount-too-small", _("Khalti's minimum is Rs 10."))
    if isinstance(error, AlreadyPaid):
        return already_paid()
    if isinstance(error, RefundsChanged):
        return Problem("refundable-changed", _("The refundable balance has changed. Look at the payment again."))
    if isinstance(error, NotRefundable):
        return Problem("not-refundable", _("This can't be refunded now."))
    if isinstance(error, PaymentError) and type(error) not in vars(exceptions).values():  # one of the site's own
        return Problem("not-payable", _("This can't be paid at the moment. You have not been charged."))
    return None


def _of_offer(error: KhaltiError) -> Problem | None:
    if isinstance(error, SoldOut):
        few = _("Fewer are left than you want to pay for. You have not been charged.")
        return Problem("sold-out", few if error.available else _("Sold out"), available=error.available)
    if isinstance(error, NotOnSale):
        return Problem("not-on-sale", _("Currently unavailable"))
    if isinstance(error, OfferTampered):
        return not_found()
    if isinstance(error, OfferUnavailable):
        return Problem("offer-unavailable", _("No longer available"))
    return None


def already_paid(reference: str = "") -> Problem:
    return Problem("already-paid", _("This has been paid for."), **_reference(reference))


def _unavailable(error: Exception) -> Problem:
    logger.error("The API could not do this: %s", error, exc_info=not isinstance(error, KhaltiError))
    return Problem("payments-unavailable", _("We can't take payments right now. You have not been charged."))


def _unauthenticated() -> Problem:
    return Problem("authentication-required", _("This token is invalid, was revoked, or has expired."))


def _invalid(error: ValidationError) -> Problem:
    """ninja's errors begin with the part of the request, the argument of the view, and the kind of a union."""
    return invalid(list(_errors(error.errors)))


def _errors(errors: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in errors:
        source, *path = one["loc"]
        if source == "body":
            path = path[1:]
            path = path[1:] if path and path[0] in UNION_TAGS else path
        yield pointer(*(key for key in path if key != "[key]")), _sentence(one)


def _sentence(error: Mapping[str, Any]) -> str:
    known = {
        "missing": _("This is required."),
        "extra_forbidden": _("This is not known."),
    }
    return known.get(str(error["type"]), str(error["msg"]))


def _reference(reference: str) -> dict[str, Any]:
    return {"reference": reference} if reference else {}
