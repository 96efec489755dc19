"""The faults of the simulated API."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self, get_args

Endpoint = Literal["initiate", "lookup", "refund"]
ENDPOINTS: tuple[Endpoint, ...] = get_args(Endpoint)

MAX_TIMES = 2**31 - 1
MAX_SECONDS = 3600  # a thread of the server waits as long


class Fault(StrEnum):
    """A name, a description, and the endpoints, if it is limited to some."""

    description: str
    endpoints: tuple[Endpoint, ...]

    def __new__(cls, name: str, description: str, *only_at: Endpoint) -> Self:
        fault = str.__new__(cls, name)
        fault._value_ = name
        fault.description = description
        fault.endpoints = only_at or ENDPOINTS
        return fault

    TIMEOUT = "timeout", "it happens, and no answer comes for two minutes"
    RESET_BEFORE = "reset_before", "the connection is reset, and nothing has happened"
    RESET_AFTER = "reset_after", "it happens, and the connection is reset instead of an answer"
    TOO_MANY_REQUESTS = "too_many_requests", "HTTP 429 with `Retry-After: 30`; nothing has happened"
    SERVER_ERROR = "server_error", "HTTP 500 with a page; nothing has happened"
    BAD_GATEWAY = "bad_gateway", "HTTP 502 with a page of the machine in front; nothing has happened"
    REDIRECT = "redirect", "HTTP 302 to another address; nothing has happened"
    EMPTY_BODY = "empty_body", "the true HTTP code and no body"
    TRUNCATED_JSON = "truncated_json", "the first half of the true body"
    HUGE_BODY = "huge_body", "the true body, and a megabyte of spaces after it"
    SLOW_DRIP = "slow_drip", "the true answer, one byte a second"
    UNKNOWN_STATUS = "unknown_status", "the truth, with a status that nobody knows: Under Review", "lookup"
    OTHER_CASE = "other_case", "the truth, with its status in capitals", "lookup"
    WRONG_AMOUNT = "wrong_amount", "the truth, with one paisa less", "lookup"
    STRING_AMOUNT = "string_amount", 'the truth, with its amounts as strings: `"1300"`', "lookup"
    FLOAT_AMOUNT = "float_amount", "the truth, with its amounts as floats: `1300.0`", "lookup"
    WRONG_PIDX = "wrong_pidx", "the truth, with the pidx of another payment", "lookup"
    NOT_FOUND = "not_found", "Khalti does not know the payment yet", "lookup"
    STILL_PENDING = "still_pending", "Khalti has not noticed yet what the payer did: Pending", "lookup"


DEFAULT_SECONDS: Mapping[Fault, float] = {Fault.TIMEOUT: 120, Fault.TOO_MANY_REQUESTS: 30, Fault.SLOW_DRIP: 1}
"""How long the faults that take time do so by default."""


def fault_named(name: object, endpoint: Endpoint) -> Fault:
    """Raises ``ValueError`` with the valid names if the endpoint has no such fault."""
    legal = [fault for fault in Fault if endpoint in fault.endpoints]
    for fault in legal:
        if fault == name:
            return fault
    raise ValueError(f"{endpoint} has no fault '{name}', must be one of: {', '.join(legal)}")


def endpoint_named(name: object) -> Endpoint:
    for endpoint in ENDPOINTS:
        if endpoint == name:
            return endpoint
    raise ValueError(f"Unknown endpoint {name!r}, must be one of: {', '.join(ENDPOINTS)}")


def checked_times(times: object) -> int:
    """Raises ``ValueError`` if it is no number of calls."""
    if type(times) is not int or not 1 <= times <= MAX_TIMES:
        raise ValueError(f"times is {times!r}; it must be a whole number from 1 to {MAX_TIMES}")
    return times


def seconds_of(fault: Fault, seconds: object = None) -> float:
    """The given seconds or the default of this fault. Raises ``ValueError`` if it takes none, or not as many."""
    if seconds is None:
        return DEFAULT_SECONDS.get(fault, 0.0)
    if fault not in DEFAULT_SECONDS:
        raise ValueError(f"{fault} has no seconds, only these have: {', '.join(DEFAULT_SECONDS)}")
    return checked_seconds(seconds, "seconds")


def checked_seconds(seconds: object, name: str) -> float:
    """Raises ``ValueError`` that calls it by this name."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= MAX_SECONDS:
        raise ValueError(f"{name} is {seconds!r}; it must be a number from 0 to {MAX_SECONDS}")
    return float(seconds)
