"""The only code that reads ``settings.KHALTI_SIMULATOR``, at each use, so that a test can change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CallbackStyle = Literal["A", "B", "C"]
QueryJoin = Literal["clean", "naive"]
PaymentUrlStyle = Literal["root", "wallet"]
UnknownPidxStatus = Literal[404, 400]

MIN_TOKEN_LENGTH = 16  # characters; a shorter one can be guessed


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    callback_style: CallbackStyle = "B"
    """Which recorded format of callback parameters: A (2024), B (2025), C (another backend of Khalti)."""

    query_join: QueryJoin = "clean"
    """How the callback joins a return_url with a query; "naive" is the recorded trap ``?a=1/?status=…``."""

    payment_url_style: PaymentUrlStyle = "root"
    """``/?pidx=…`` or ``/wallet/?pidx=…&return_url=…&mode=wallet``."""

    expires_in: int = 1800
    """Seconds until an unfinished payment expires."""

    service_charge: int = 0
    """Paisa that the hosted page adds to the amount."""

    fee: int = 0
    """Paisa that lookup reports as ``fee`` of a paid payment."""

    unknown_pidx_status: UnknownPidxStatus = 404
    """The HTTP status of "Not found."; clients in the field have coded for both."""

    refunds: bool = True
    """Whether the refund endpoint works. Khalti's sandbox is said to have it "only in Live mode"."""

    merchant_name: str = "Test merchant"
    """The name that the hosted page shows."""

    dashboard: bool = False
    """Whether ``dashboard/`` exists, where anybody can refund payments."""

    public_origin: str = ""
    """Scheme and host of the simulator for browsers, if the merchant's server uses others."""

    control_token: str = field(default="", repr=False)
    """The token for ``control/``, which is disabled without one."""


def simulator_settings() -> SimulatorSettings:
    given = getattr(settings, "KHALTI_SIMULATOR", {})
    legal = {option.name.upper(): option.name for option in fields(SimulatorSettings)}
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured('KHALTI_SIMULATOR must be a dict, such as {"CALLBACK_STYLE": "B"}.')

    unknown = [str(name) for name in given if name not in legal]
    if unknown:
        raise ImproperlyConfigured(
            f"KHALTI_SIMULATOR has no option {', '.join(unknown)}. Its options are: {', '.join(legal)}."
        )

    hints = get_type_hints(SimulatorSettings)
    for name, value in given.items():
        if name == "CONTROL_TOKEN":
            require_token(value)
        else:
            _check(name, value, hints[legal[name]])
    return SimulatorSettings(**{legal[name]: value for name, value in given.items()})


def _check(name: str, value: object, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            choices = ", ".join(repr(choice) for choice in get_args(hint))
            raise ImproperlyConfigured(f"KHALTI_SIMULATOR[{name!r}] is {value!r}; it must be one of: {choices}.")
    elif type(value) is not hint:
        raise ImproperlyConfigured(f"KHALTI_SIMULATOR[{name!r}] is {value!r}; it must be of type {hint.__name__}.")
    elif isinstance(value, int) and value < 0:
        raise ImproperlyConfigured(f"KHALTI_SIMULATOR[{name!r}] is {value!r}; it must not be negative.")


def require_token(token: object) -> None:
    """Errors don't contain the token."""
    if token == "":
        return
    is_sendable = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
    if not is_sendable or len(str(token)) < MIN_TOKEN_LENGTH:
        raise ImproperlyConfigured(
            f"KHALTI_SIMULATOR['CONTROL_TOKEN'] must have at least {MIN_TOKEN_LENGTH} ASCII characters and no space, "
            "such as the output of python -c 'import secrets; print(secrets.token_urlsafe())'."
        )
