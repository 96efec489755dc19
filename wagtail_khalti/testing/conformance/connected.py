"""The receivers that the site has connected."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from django.dispatch import Signal

from wagtail_khalti import signals
from wagtail_khalti.models import KhaltiPayment

NAMES = {value: name for name, value in vars(signals).items() if isinstance(value, Signal)}

Receiver = Callable[..., Any]


def receivers_of(signal: Signal) -> list[Receiver]:
    """In the order in which Django calls them; asynchronous ones last."""
    sync, asynchronous = signal._live_receivers(KhaltiPayment)
    return [*sync, *asynchronous]


def all_receivers() -> dict[str, list[Receiver]]:
    """By the name of the signal; only signals that have any."""
    found = {name: receivers_of(signal) for signal, name in NAMES.items()}
    return {name: receivers for name, receivers in found.items() if receivers}


def name_of(receiver: Receiver) -> str:
    """Where a developer finds it."""
    if isinstance(receiver, functools.partial):
        receiver = receiver.func
    name = getattr(receiver, "__qualname__", type(receiver).__qualname__)
    return f"{getattr(receiver, '__module__', '')}.{name}"


def connected_twice(receivers: list[Receiver]) -> Iterator[str]:
    """The same lines of a file, twice: its module was imported under two names, or run twice."""
    seen: dict[tuple[object, ...], str] = {}
    for receiver in receivers:
        if not inspect.isfunction(receiver) or receiver.__closure__:
            continue  # a method of several objects, or made by another function for several purposes
        code, defaults = receiver.__code__, (receiver.__defaults__, receiver.__kwdefaults__)
        place = (code.co_filename, code.co_firstlineno, repr(defaults))
        if place in seen:
            yield f"{seen[place]} and {name_of(receiver)} are the same function"
        seen[place] = name_of(receiver)


def takes_any_argument(receiver: Receiver) -> bool:
    """Whether it has ``**kwargs``."""
    try:
        parameters = inspect.signature(receiver).parameters.values()
    except (TypeError, ValueError):
        return True  # it doesn't say
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
