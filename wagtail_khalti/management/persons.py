"""The arguments that choose the payments of a person."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from wagtail_khalti.management.search import find_payment
from wagtail_khalti.privacy import payments_of

ARGUMENTS = ("email", "phone", "user", "reference")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--email", action="append", default=[], help="Payments with this e-mail address. Can be repeated."
    )
    parser.add_argument(
        "--phone", action="append", default=[], help="Payments with this mobile number. Can be repeated."
    )
    parser.add_argument(
        "--user", action="append", default=[], help="Payments of the user with this username. Can be repeated."
    )
    parser.add_argument(
        "--reference",
        action="append",
        default=[],
        help="The payment with this reference or pidx. Can be repeated.",
    )


def is_given(options: Mapping[str, Any]) -> bool:
    return any(options[name] for name in ARGUMENTS)


def chosen_payments(options: Mapping[str, Any]) -> list[int]:
    """The keys of the payments that match any of the arguments.

    Raises ``CommandError`` for an unknown reference or user.
    """
    users = [_user(name) for name in options["user"]]
    found = set(payments_of(emails=options["email"], phones=options["phone"], users=users))
    for name in options["reference"]:
        payment = find_payment(name)
        if payment is None:
            raise CommandError(_("No payment has the reference or pidx %(name)s.") % {"name": name})
        found.add(payment.pk)
    return sorted(found)


def _user(name: str) -> AbstractBaseUser:
    manager: Any = get_user_model()._default_manager
    try:
        user: AbstractBaseUser = manager.get_by_natural_key(name)
    except get_user_model().DoesNotExist:
        raise CommandError(_("There is no user %(name)s.") % {"name": name}) from None
    return user
