"""The same actions from async code: they run in a thread, so the event loop isn't blocked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.refund import refund_payment
from wagtail_khalti.actions.start import start_payment

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _twin(action: Callable[Arguments, Result]) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
    """With the same arguments and errors.

    Thread-sensitive: in the thread of the request, with its database connection, so that a call inside a transaction
    is noticed, and no connection stays open.
    """

    @wraps(action)
    async def twin(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return await sync_to_async(action, thread_sensitive=True)(*args, **kwargs)

    twin.__name__ = twin.__qualname__ = f"a{action.__name__}"
    return twin


astart_payment = _twin(start_payment)
acheck_payment = _twin(check_payment)
arefund_payment = _twin(refund_payment)
