"""Nothing but the gateway knows the fields of Khalti's requests."""

from __future__ import annotations

import ast
from pathlib import Path

import wagtail_khalti

PACKAGE = Path(wagtail_khalti.__file__).parent
INSIDE = ("gateway", "simulator")
FIELDS = {"purchase_order_name", "customer_info", "amount_breakdown", "product_details", "expires_in", "tidx", "txnId"}


def texts(path):
    tree = ast.parse(path.read_text())
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def known_fields(folders):
    return {
        (path.relative_to(PACKAGE).as_posix(), field)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] in folders
        for field in FIELDS & texts(path)
    }


def test_only_the_gateway_knows_khaltis_fields():
    others = {path.name for path in PACKAGE.iterdir()} - {*INSIDE}

    assert known_fields(others) == set()
    assert {field for _path, field in known_fields({"gateway"})} >= FIELDS - {"expires_in"}  # the check finds them
