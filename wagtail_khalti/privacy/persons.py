"""The payments of a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.text.lines import one_line
from wagtail_khalti.text.phone import MOBILE_DIGITS, as_dialled


def payments_of(
    *, emails: Iterable[str] = (), phones: Iterable[str] = (), users: Iterable[AbstractBaseUser] = ()
) -> list[int]:
    """The keys of those whose payer gave one of these e-mail addresses or mobile numbers, in whichever notation.

    Also those that the site's code started for one of these users.
    """
    found = {pk for email in emails for pk in _with_email(one_line(email))}
    found |= {pk for phone in phones for pk in _with_phone(phone)}
    found.update(KhaltiPayment.objects.filter(user__in=list(users)).values_list("pk", flat=True))
    return sorted(found)


def _with_email(email: str) -> Iterator[int]:
    """Compared again here, because MariaDB takes "é" for "e", and SQLite knows upper case in ASCII only."""
    if email:
        rows = KhaltiPayment.objects.filter(customer_email__iexact=email).order_by("pk")
        yield from (
            pk for pk, found in rows.values_list("pk", "customer_email") if found.casefold() == email.casefold()
        )


def _with_phone(phone: str) -> Iterator[int]:
    """The site's code may have stored the number as it was typed."""
    number = as_dialled(phone)
    is_mobile = len(number) == MOBILE_DIGITS
    notations = {phone.strip(), number, *(f"{code}{number}" for code in ("+977", "977", "0") if is_mobile)} - {""}
    yield from KhaltiPayment.objects.filter(customer_phone__in=notations).order_by("pk").values_list("pk", flat=True)
