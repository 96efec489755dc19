"""The reference of the JSON API names what it has: no more, no less."""

import re

from tests.docs.test_manual import read
from wagtail_khalti.api import khalti_api
from wagtail_khalti.api.problems import STATUSES

PAGE = read("reference/api.md")


def test_every_problem_is_there_with_its_status():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", PAGE, re.MULTILINE)

    assert {kind: int(status) for kind, status in rows} == STATUSES


def test_every_address_is_there():
    rows = re.findall(r"^\| `(GET|POST) ([^`]+)` \| `(\w+)` \| .* \| (required|–) \|$", PAGE, re.MULTILINE)
    document = khalti_api().get_openapi_schema(path_prefix="")

    in_code = {
        (
            method.upper(),
            path.lstrip("/").replace("{", "<").replace("}", ">"),
            operation["operationId"],
            needs_key(operation),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(rows) == in_code


def needs_key(operation):
    has_key = any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
    return "required" if has_key else "–"
