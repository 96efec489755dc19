"""What can be said to ``khalti_reconcile``."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable

MAX_AT_A_TIME = 64
INTERVAL = 60.0  # seconds; no payment is due sooner after its start


def add_arguments(parser: ArgumentParser) -> None:
    at_a_time = whole_number(most=MAX_AT_A_TIME)
    parser.add_argument("--limit", type=whole_number(), metavar="N", help="Ask about at most so many payments.")
    parser.add_argument(
        "--concurrency", type=at_a_time, default=4, metavar="N", help="So many questions at a time, 1 to 64 (4)."
    )
    parser.add_argument("--seconds", type=seconds, help="Begin nothing new after so many seconds.")
    parser.add_argument(
        "--payment", metavar="REFERENCE", help="Ask about this payment, whenever it is due. Also takes a pidx."
    )
    parser.add_argument(
        "--recount", action="store_true", help="Only count the totals of all days anew. Ask nobody, change no payment."
    )
    parser.add_argument("--dry-run", action="store_true", help="Say what is due. Ask nobody, change nothing.")
    parser.add_argument(
        "--loop",
        action="store_true",
        help="Go on until SIGTERM or SIGINT. The limit and the seconds are then those of a round.",
    )
    parser.add_argument(
        "--interval", type=seconds, default=INTERVAL, help="With --loop, look at least every so many seconds (60)."
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="What is printed (text).")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="The same as --format json.")


def whole_number(*, most: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else 0
        if number < 1 or (most is not None and number > most):
            legal = "from 1 up" if most is None else f"from 1 to {most}"
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
