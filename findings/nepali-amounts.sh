#!/usr/bin/env bash
# What: the `nepali` library reads and groups amounts with paisa in a way that is not exact.
#  - nepalinumber("1.15") is 1.1500000000000001, unequal to 1.15: it adds up the digits behind the point as floats.
#    24,534 of the 100,000 amounts from 0.00 to 999.99 differ from what Python's float() reads.
#  - add_comma("1234567.50") is "1,23,45,67,.50": it counts the point and the paisa as digits of the rupees.
#  - add_comma(-100) is "-,100": it counts the minus sign as a digit.
# Where it matters: amounts typed in Nepali digits, and refunds and totals shown with lakhs and crores. Read the digits
#  with Decimal, which takes Nepali ones too, and give add_comma whole positive rupees only.
# Versions: nepali 1.2.0, Python 3.11.
# Source: found by running it; its manual shows add_comma with whole numbers only, but it accepts any value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nepali==1.2.0
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

from nepali.number import add_comma, nepalinumber

amounts = [f"{paisa // 100}.{paisa % 100:02d}" for paisa in range(100_000)]
seen = {
    "1.15 in Nepali digits": str(nepalinumber("१.१५")),
    "equals 1.15": nepalinumber("१.१५") == 1.15,
    "amounts that differ": sum(float(nepalinumber(amount)) != float(amount) for amount in amounts),
    "Decimal reads Nepali digits": Decimal("१.१५") == Decimal("1.15"),
    "commas, whole rupees": add_comma("1234567"),
    "commas, with paisa": add_comma("1234567.50"),
    "commas, negative": add_comma(-100),
}
stated = {
    "1.15 in Nepali digits": "1.1500000000000001",
    "equals 1.15": False,
    "amounts that differ": 24_534,
    "Decimal reads Nepali digits": True,
    "commas, whole rupees": "12,34,567",
    "commas, with paisa": "1,23,45,67,.50",
    "commas, negative": "-,100",
}
for what, value in seen.items():
    print(f"{what}: {value}")
if seen != stated:
    raise SystemExit(f"Changed. Stated was: {stated}")
print("As stated.")
PYTHON
