"""The arguments of ``khalti_reconcile``."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable

MAX_CONCURRENCY = 64
INTERVAL = 60.0  # seconds; no payment is due earlier than this after its start


def add_arguments(parser: ArgumentParser) -> None:
    concurrency = whole_number(maximum=MAX_CONCURRENCY)
    parser.add_argument("--limit", type=whole_number(), metavar="N", help="Look up at most N payments.")
    parser.add_argument(
        "--concurrency", type=concurrency, default=4, metavar="N", help="N lookups at a time, 1 to 64 (4)."
    )
    parser.add_argument("--seconds", type=seconds, help="Start no new lookups after this many seconds.")
    parser.add_argument(
        "--payment",
        metavar="REFERENCE",
        help="Look up this payment, whether or not it is due. A pidx is accepted, too.",
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="Only rebuild the daily totals. Look up and change no payment."
    )
    parser.add_argument("--dry-run", action="store_true", help="List what is due. Look up and change nothing.")
    parser.add_argument(
        "--loop",
        action="store_true",
        help="Repeat until SIGTERM or SIGINT. The limit and the seconds then apply to each round.",
    )
    parser.add_argument(
        "--interval",
        type=seconds,
        default=INTERVAL,
        help="With --loop, the longest pause between rounds, in seconds (60).",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="The output format (text).")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="The same as --format json.")


def whole_number(*, maximum: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else 0
        if number < 1 or (maximum is not None and number > maximum):
            legal = "of at least 1" if maximum is None else f"from 1 to {maximum}"
            raise ArgumentTypeError(f"{text!r} is not a whole number {legal}")
        return number

    return read


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number
