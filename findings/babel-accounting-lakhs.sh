#!/usr/bin/env bash
# What: with Babel, an amount in English of India (en_IN) has lakhs in the standard format, and thousands in the
#  accounting format: NPR12,34,567.50 but (NPR1,234,567.50). Nepali (ne) has lakhs in both, but shows a negative amount
#  without brackets. Telugu, too, has lakhs in one format only. English of Nepal (en_NP) is no locale that Babel knows.
# Where it matters: an English-language site in Nepal takes en_IN for its lakhs. In a statement with refunds in brackets,
#  payments formatted the standard way and refunds formatted the accounting way don't look like the same kind of number.
# Versions: Babel 2.19.0, with the CLDR data that it ships.
# Source: found by running it. The patterns come from CLDR, where en_IN has a standard pattern of its own and no
#  accounting pattern of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency


def both(locale):
    amount = Decimal("-1234567.50")
    formats = ("standard", "accounting")
    return [format_currency(amount, "NPR", locale=locale, format_type=kind).replace("\xa0", " ") for kind in formats]


def is_known(locale):
    try:
        Locale.parse(locale)
    except UnknownLocaleError:
        return False
    return True


seen = {"en_IN": both("en_IN"), "te": both("te"), "ne": both("ne"), "en_NP is known": is_known("en_NP")}
stated = {
    "en_IN": ["-NPR12,34,567.50", "(NPR1,234,567.50)"],
    "te": ["-NPR12,34,567.50", "(NPR1,234,567.50)"],
    "ne": ["-नेरू 12,34,567.50", "-नेरू 12,34,567.50"],
    "en_NP is known": False,
}
for what, value in seen.items():
    print(f"{what}: {value}")
if seen != stated:
    raise SystemExit(f"Changed. Stated was: {stated}")
print("As stated.")
PYTHON
